using System.Buffers.Binary;

namespace EtchStream.Formats.Tar;

/// <summary>The sum over a header block in which the checksum field counts as eight spaces.</summary>
internal static class TarChecksum
{
    /// <summary>Sum of the bytes as unsigned numbers, which is what POSIX asks for.</summary>
    public static int Compute(ReadOnlySpan<byte> block)
    {
        // Eight bytes at a time into four 16-bit lanes: 64 steps of at most 2 * 255 stay below 65536, so that no lane overflows.
        const ulong Mask = 0x00FF_00FF_00FF_00FF;
        ulong lanes = 0;
        for (var i = 0; i < TarHeaderLayout.BlockSize; i += 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(block[i..]);
            lanes = unchecked(lanes + (word & Mask) + ((word >> 8) & Mask));
        }

        var sum = (int)((lanes & 0xFFFF) + ((lanes >> 16) & 0xFFFF) + ((lanes >> 32) & 0xFFFF) + (lanes >> 48));
        foreach (var b in block.Slice(TarHeaderLayout.Checksum, TarHeaderLayout.ChecksumLength)) sum += ' ' - b;
        return sum;
    }

    /// <summary>True when the block's own checksum field agrees with its bytes, summed unsigned or (as some old writers did) signed.</summary>
    public static bool IsValid(ReadOnlySpan<byte> block)
    {
        var field = block.Slice(TarHeaderLayout.Checksum, TarHeaderLayout.ChecksumLength);
        if (!TarNumber.TryParse(field, out var stored)) return false;
        var sum = Compute(block);
        if (stored == sum) return true;

        foreach (var b in block)
        {
            if (b >= 0x80) sum -= 256;
        }

        foreach (var b in field)
        {
            if (b >= 0x80) sum += 256;
        }

        return stored == sum;
    }
}
