using EtchStream.Formats.IO;

namespace EtchStream.Dataflow;

/// <summary>Writes the parts of a stream of image bytes that are not zero, at their places.</summary>
/// <remarks>
/// In a new file what is not written reads as zeros and takes no space; a writer that has to see to that itself is told of the zeros.
/// Blocks are aligned in the image, not in the pieces that arrive. The block size is a compromise: smaller ones find a few more holes but
/// cut the writes into many.
/// </remarks>
internal static class ZeroRuns
{
    /// <summary>Bytes in one block that is either written or skipped.</summary>
    public const int BlockSize = 32 * 1024;

    /// <summary>Writes what is not zero of <paramref name="data"/>, which belongs at <paramref name="offset"/>.</summary>
    /// <returns>How many bytes were written.</returns>
    public static long WriteNonZero(IBlockWriter writer, long offset, ReadOnlySpan<byte> data)
    {
        var zeroing = writer as IZeroingWriter;
        long written = 0;
        while (!data.IsEmpty)
        {
            // One stretch of zero blocks, then one of other blocks.
            var zeros = StretchLength(offset, data, wantZero: true);
            if (zeros > 0) zeroing?.Zero(offset, zeros);
            offset += zeros;
            data = data[zeros..];
            var filled = StretchLength(offset, data, wantZero: false);
            if (filled == 0) continue;
            writer.Write(offset, data[..filled]);
            written += filled;
            offset += filled;
            data = data[filled..];
        }

        return written;
    }

    private static int StretchLength(long offset, ReadOnlySpan<byte> data, bool wantZero)
    {
        var length = 0;
        while (length < data.Length)
        {
            var block = (int)Math.Min(BlockSize - ((offset + length) % BlockSize), data.Length - length);
            var isZero = data.Slice(length, block).IndexOfAnyExcept((byte)0) < 0;
            if (isZero != wantZero) break;
            length += block;
        }

        return length;
    }
}
