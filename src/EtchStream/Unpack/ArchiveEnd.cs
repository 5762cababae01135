using EtchStream.Formats;
using EtchStream.Formats.IO;

namespace EtchStream.Unpack;

/// <summary>What may follow an archive's two end blocks: zeros, which fill its last record.</summary>
internal static class ArchiveEnd
{
    // A record has 10 KiB as a rule; tape drives had more. Zeros without an end are no padding.
    private const long MaxPadding = 64 * 1024 * 1024;

    /// <summary>
    /// Reads on to the input's end: so that the writer of a pipe is not cut off, a compression's own checksum is met, and nothing
    /// else hides there.
    /// </summary>
    /// <exception cref="CorruptFormatException">Something else than zeros follows, or too many of them.</exception>
    public static async Task SkipPaddingAsync(ByteSource source, CancellationToken cancellationToken)
    {
        long count = 0;
        do
        {
            var window = source.Window;
            var other = window.Span.IndexOfAnyExcept((byte)0);
            if (other >= 0) throw new CorruptFormatException("tar archive", source.Position + other, "data follows the archive's end; is it two archives in one file?");
            count += window.Length;
            if (count > MaxPadding) throw new CorruptFormatException("tar archive", source.Position, $"more than {MaxPadding} bytes of zeros follow the archive's end");
            source.Consume(window.Length);
        }
        while (await source.FillAsync(cancellationToken).ConfigureAwait(false));
    }
}
