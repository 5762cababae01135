using System.Threading.Channels;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Sources;

namespace EtchStream.Pack.Stages;

/// <summary>
/// Writes the members of one segment, a stretch of the archive that depends on nothing around it. Tar members know nothing of their
/// position, so that segments can be made side by side and put behind each other.
/// </summary>
internal sealed class SegmentWriter : IAsyncDisposable
{
    private readonly PieceStream _pieces;
    private readonly TarWriter _tar;

    /// <summary>Writes to a channel.</summary>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="partition">The partition that all members are for.</param>
    public SegmentWriter(ChannelWriter<ArchivePiece> output, string partition)
    {
        _pieces = new PieceStream(output);
        _tar = new TarWriter(_pieces, leaveOpen: true);
        Totals = new SegmentTotals(partition);
    }

    /// <summary>What was written so far.</summary>
    public SegmentTotals Totals { get; }

    /// <summary>Writes a member's header. Its content must follow, all of it.</summary>
    public ValueTask BeginAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        Totals.Add(entry);
        return _tar.WriteEntryAsync(entry, cancellationToken);
    }

    /// <summary>Writes the next bytes of the content.</summary>
    public ValueTask ContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _tar.WriteContentAsync(content, cancellationToken);

    /// <summary>Writes a folder of root's, without a time of its own.</summary>
    public ValueTask FolderAsync(InjectTarget place, int mode, CancellationToken cancellationToken) =>
        BeginAsync(new TarEntry { Name = place.Name([]), Kind = FileKind.Directory, Mode = mode }, cancellationToken);

    /// <summary>Writes a file of root's.</summary>
    public async ValueTask FileAsync(InjectTarget place, int mode, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await BeginAsync(new TarEntry { Name = place.Name([]), Kind = FileKind.File, Mode = mode, Size = content.Length }, cancellationToken).ConfigureAwait(false);
        await ContentAsync(content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a symbolic link of root's.</summary>
    public ValueTask LinkAsync(InjectTarget place, byte[] target, CancellationToken cancellationToken) =>
        BeginAsync(new TarEntry { Name = place.Name([]), Kind = FileKind.SymbolicLink, Mode = 0x1FF, LinkName = target }, cancellationToken);

    /// <summary>Hands on what was gathered. The last thing to do.</summary>
    public ValueTask FinishAsync(CancellationToken cancellationToken) => _tar.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tar.DisposeAsync().ConfigureAwait(false);
        await _pieces.DisposeAsync().ConfigureAwait(false);
    }
}
