using EtchStream.Engine;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Layers;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Overlay2;

/// <summary>
/// Parses a layer's tar as it comes and writes the layer's segment of the archive: its folder below <c>overlay2</c> and its entry in
/// <c>layerdb</c>. It depends on the layer's chain and the store's place alone, so that it is the same in every archive.
/// </summary>
/// <remarks><c>committed</c> is not here: whether a layer is another one's parent is a matter of the archive.</remarks>
internal sealed class LayerSegmentStage(EngineLayer layer, EngineStore store)
{
    // What may stand beside the content that engines can look up: marks with content, maps of sparse files, bytes behind the tar's end.
    // In pieces of one size, so that the segment does not depend on the sizes of reads.
    private const int RawSegment = 1 << 20;

    private readonly byte[] _raw = new byte[RawSegment];
    private readonly LayerTranslator _translator = new(store.AtLayer(layer, "diff"));

    /// <summary>What was written; complete when the stage has ended.</summary>
    public SegmentTotals Totals { get; private set; } = new(store.Partition);

    /// <summary>Whether the layer's tar can be rebuilt from what is written.</summary>
    public bool CanReplay => _translator.CanReplay;

    /// <summary>Runs.</summary>
    public async Task RunAsync(ChannelReader<PooledBuffer> input, ChannelWriter<ArchivePiece> output, CancellationToken cancellationToken)
    {
        await using var source = new ChannelByteSource(input);
        await using var segment = new SegmentWriter(output, store.Partition);
        using var tarSplit = new TarSplitWriter();
        Totals = segment.Totals;

        await segment.FolderAsync(store.AtLayer(layer, ""), 0x1C8, cancellationToken).ConfigureAwait(false);
        await segment.FolderAsync(store.AtLayer(layer, "diff"), 0x1ED, cancellationToken).ConfigureAwait(false);
        var tar = new TarReader(source) { AllowMissingEnd = true, IgnoreGlobalHeaders = true, SchilyXattrsOnly = true, FolderSlashNeedsNulType = true };
        while (await tar.ReadEntryAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            tarSplit.AddSegment(tar.RawPadding.Span, tar.RawHeader.Span);
            await AddAsync(entry, tar, segment, tarSplit, cancellationToken).ConfigureAwait(false);
        }

        tarSplit.AddSegment(tar.RawPadding.Span, tar.RawHeader.Span);
        await AddTailAsync(source, tarSplit, cancellationToken).ConfigureAwait(false);

        // Here the tar was read to its end, and its digest, which lets the end through, is right.
        await WriteStoreFilesAsync(segment, tarSplit.Finish(), cancellationToken).ConfigureAwait(false);
        await segment.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task AddAsync(TarEntry entry, TarReader tar, SegmentWriter segment, TarSplitWriter tarSplit, CancellationToken cancellationToken)
    {
        _translator.Translate(entry);
        foreach (var member in _translator.Members) await segment.BeginAsync(member, cancellationToken).ConfigureAwait(false);
        if (tar.ContentRemaining == 0)
        {
            if (_translator.RecordName is { } name) tarSplit.AddFile(name, 0, 0);
            return;
        }

        if (entry.Kind == FileKind.HardLink) throw LayerWalk.Refused(entry.Name, "a hard link with content of its own");

        // A sparse member's content is in the tar without its holes, a mark's is nowhere, and what has no name is not found: what cannot
        // be read back is kept as it is.
        var canBeReadBack = _translator.TakesContent && entry.DataRuns is null && _translator.RecordName is not null;
        var size = tar.ContentRemaining;
        if (!canBeReadBack && _translator.RecordName is { } mark) tarSplit.AddFile(mark, 0, 0);
        ulong crc = 0;
        var raw = 0;
        while (await tar.ReadContentAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } content)
        {
            if (_translator.TakesContent) await segment.ContentAsync(content, cancellationToken).ConfigureAwait(false);
            if (canBeReadBack) crc = Crc64.Compute(content.Span, crc);
            else raw = AddRaw(content.Span, raw, tarSplit);
        }

        if (canBeReadBack) tarSplit.AddFile(_translator.RecordName!, size, crc);
        else tarSplit.AddSegment(_raw.AsSpan(0, raw));
    }

    /// <summary>Gathers what is kept as it is.</summary>
    /// <returns>How much of it waits.</returns>
    private int AddRaw(ReadOnlySpan<byte> content, int gathered, TarSplitWriter tarSplit)
    {
        while (content.Length >= RawSegment - gathered)
        {
            content[..(RawSegment - gathered)].CopyTo(_raw.AsSpan(gathered));
            content = content[(RawSegment - gathered)..];
            gathered = 0;
            tarSplit.AddSegment(_raw);
        }

        content.CopyTo(_raw.AsSpan(gathered));
        return gathered + content.Length;
    }

    // What follows the end blocks belongs to the tar and its digest: mostly zeros, up to a record's length.
    private async Task AddTailAsync(ChannelByteSource source, TarSplitWriter tarSplit, CancellationToken cancellationToken)
    {
        int count;
        do
        {
            count = await source.ReadAsync(_raw, cancellationToken).ConfigureAwait(false);
            tarSplit.AddTail(_raw.AsSpan(0, count));
        }
        while (count == RawSegment);
    }

    private async Task WriteStoreFilesAsync(SegmentWriter segment, ChunkedMemory tarSplit, CancellationToken cancellationToken)
    {
        const int File = 0x1A4;
        await segment.FileAsync(store.AtLayer(layer, "link"), File, Ascii(layer.Names.Link), cancellationToken).ConfigureAwait(false);
        if (layer.Lower is { } lower)
        {
            await segment.FileAsync(store.AtLayer(layer, "lower"), File, Ascii(lower), cancellationToken).ConfigureAwait(false);
            await segment.FolderAsync(store.AtLayer(layer, "work"), 0x1C0, cancellationToken).ConfigureAwait(false);
        }

        await segment.LinkAsync(store.At($"overlay2/l/{layer.Names.Link}"), Ascii($"../{layer.Names.CacheId}/diff"), cancellationToken).ConfigureAwait(false);
        await segment.FolderAsync(store.AtLayerDatabase(layer, ""), 0x1C0, cancellationToken).ConfigureAwait(false);
        await segment.FileAsync(store.AtLayerDatabase(layer, "cache-id"), File, Ascii(layer.Names.CacheId), cancellationToken).ConfigureAwait(false);
        await segment.FileAsync(store.AtLayerDatabase(layer, "diff"), File, Ascii(layer.Layer.DiffId.ToString()), cancellationToken).ConfigureAwait(false);
        if (layer.Parent is { } parent) await segment.FileAsync(store.AtLayerDatabase(layer, "parent"), File, Ascii(parent.Layer.ChainId.ToString()), cancellationToken).ConfigureAwait(false);
        await segment.FileAsync(store.AtLayerDatabase(layer, "size"), File, Ascii(_translator.Size.ToString(CultureInfo.InvariantCulture)), cancellationToken).ConfigureAwait(false);
        var place = store.AtLayerDatabase(layer, "tar-split.json.gz");
        await segment.BeginAsync(new TarEntry { Name = place.Name([]), Kind = FileKind.File, Mode = File, Size = tarSplit.Length }, cancellationToken).ConfigureAwait(false);
        foreach (var piece in tarSplit.Pieces) await segment.ContentAsync(piece, cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
