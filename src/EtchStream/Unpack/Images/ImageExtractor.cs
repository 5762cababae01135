using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Unpack.Growth;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack.Images;

/// <summary>
/// Writes the archive's disk image: raw, sparse, or compressed. Runs of zeros are not written, only named: in a new file they are
/// holes, a device is told to zero them.
/// </summary>
/// <remarks>
/// A raw image's bytes go from the input's buffers to the combiner. Its own digest in the trailer is not computed again: the
/// digest over the archive covers every byte of it, and hashing gigabytes of zeros that are in no archive would cost more than
/// all the rest.
/// </remarks>
internal sealed class ImageExtractor
{
    private readonly Decoders _decoders;
    private readonly WriteCombiner _combiner;
    private readonly IExtensibleDisk _output;
    private readonly UnpackCounters _counters;
    private ReadOnlyMemory<byte> _rest;

    public ImageExtractor(Decoders decoders, WriteCombiner combiner, IExtensibleDisk output, UnpackCounters counters)
    {
        _decoders = decoders;
        _combiner = combiner;
        _output = output;
        _counters = counters;
    }

    /// <summary>Length of the raw image.</summary>
    public long Size { get; private set; }

    /// <summary>Bytes of it that were written.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>How the member is compressed, null when it is not.</summary>
    public string? Compression { get; private set; }

    /// <summary>Writes the image and waits until it has reached the file.</summary>
    public async Task ExtractAsync(TarReader archive, TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Size == 0) throw new CorruptFormatException("disk image", entry.HeaderOffset, "it is empty");
        _counters.MemberSize = entry.Size;
        if (entry.DataRuns is { } runs)
        {
            FileContentMapper.CheckDataRuns(runs, entry.Size, entry.HeaderOffset);
            await CopySparseAsync(archive, entry, runs, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var head = await ReadHeadAsync(archive, cancellationToken).ConfigureAwait(false);
            var format = CompressionDetector.Detect(head.Span);
            if (format == CompressionFormat.None) await CopyRawAsync(archive, entry, head, cancellationToken).ConfigureAwait(false);
            else await DecompressAsync(archive, entry, format, head, cancellationToken).ConfigureAwait(false);
        }

        await _combiner.BarrierAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first bytes, enough to tell a compression by them: a window may end anywhere.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ReadHeadAsync(TarReader archive, CancellationToken cancellationToken)
    {
        var window = await archive.ReadContentAsync(cancellationToken).ConfigureAwait(false);
        if (window.Length >= CompressionDetector.BytesWanted || archive.ContentRemaining == 0) return window;
        var head = new List<byte>(window.ToArray());
        while (head.Count < CompressionDetector.BytesWanted && archive.ContentRemaining > 0)
        {
            window = await archive.ReadContentAsync(cancellationToken).ConfigureAwait(false);
            head.AddRange(window.Span);
        }

        return head.ToArray();
    }

    private async Task CopyRawAsync(TarReader archive, TarEntry entry, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        // Before the first byte: an image that the output's file system cannot hold fails now and not after gigabytes.
        SetSize(entry.Size);
        long offset = 0;
        for (var window = head; !window.IsEmpty; window = await archive.ReadContentAsync(cancellationToken).ConfigureAwait(false))
        {
            Put(offset, window.Span);
            offset += window.Length;
            Count(offset);
            await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CopySparseAsync(TarReader archive, TarEntry entry, IReadOnlyList<DataRun> runs, CancellationToken cancellationToken)
    {
        SetSize(entry.Size);
        long end = 0;
        foreach (var run in runs)
        {
            _combiner.Zero(end, run.Offset - end);
            var offset = run.Offset;
            end = run.End;

            // A window may reach into the next run; the part that does is kept for it.
            while (offset < run.End)
            {
                if (_rest.IsEmpty) _rest = await archive.ReadContentAsync(cancellationToken).ConfigureAwait(false);
                if (_rest.IsEmpty) throw new CorruptFormatException("disk image", offset, "its content ends before its sparse map does");
                var count = (int)Math.Min(_rest.Length, run.End - offset);
                Put(offset, _rest.Span[..count]);
                _rest = _rest[count..];
                offset += count;
                Count(offset);
                await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        _combiner.Zero(end, entry.Size - end);
        Count(entry.Size);
    }

    private async Task DecompressAsync(TarReader archive, TarEntry entry, CompressionFormat format, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        Compression = ArchiveReadStage.NameOf(format);
        using var buffer = PooledBuffer.Rent(WriteCombiner.BatchSize);

        // The head lies in the source's buffer, which changes with the next read.
        await using var content = new TarContentStream(head.ToArray(), archive);
        await using var image = _decoders.Open(format, content, leaveOpen: true);
        long offset = 0;
        while (true)
        {
            var count = await image.ReadAtLeastAsync(buffer.Memory, buffer.Capacity, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (count == 0) break;
            Put(offset, buffer.Memory.Span[..count]);
            offset += count;
            _counters.ImageBytes = offset;
            _counters.MemberBytes = entry.Size - archive.ContentRemaining;
            await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
        }

        if (offset == 0) throw new CorruptFormatException("disk image", -1, "it is empty");
        if (archive.ContentRemaining > 0) throw new CorruptFormatException("disk image", -1, $"{archive.ContentRemaining} bytes follow the end of its {Compression} data");
        SetSize(offset);
    }

    private void Count(long offset)
    {
        _counters.ImageBytes = offset;
        _counters.MemberBytes = offset;
    }

    private void SetSize(long size)
    {
        Size = size;
        _output.SetLength(size);
    }

    private void Put(long offset, ReadOnlySpan<byte> data) => BytesWritten += ZeroRuns.WriteNonZero(_combiner, offset, data);
}
