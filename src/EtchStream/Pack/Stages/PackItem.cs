using EtchStream.Dataflow;
using EtchStream.Formats.Tar;

namespace EtchStream.Pack.Stages;

/// <summary>
/// What flows from the sources to the archive, one of: a member's header; the next bytes of the last header's content; bytes of a segment,
/// whose members are complete as they are; the sums of the segment that ends here. The receiver disposes the buffer.
/// </summary>
/// <param name="Entry">A header.</param>
/// <param name="Data">Content, or bytes of a segment.</param>
/// <param name="IsSegment">Whether <paramref name="Data"/> are a segment's: headers, contents and padding.</param>
/// <param name="Totals">What the segment adds up to.</param>
internal readonly record struct PackItem(TarEntry? Entry, PooledBuffer? Data, bool IsSegment = false, SegmentTotals? Totals = null) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Data?.Dispose();
}
