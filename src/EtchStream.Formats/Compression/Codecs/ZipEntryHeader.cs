using System.Buffers.Binary;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>What the local header of a zip entry says (APPNOTE 4.3.7), with the zip64 field (4.5.3) applied.</summary>
internal readonly record struct ZipEntryHeader(int Flags, int Method, uint Crc, ulong CompressedSize, ulong Length, bool IsFolder, bool IsZip64)
{
    private const int Zip64Field = 1;

    /// <summary>Reads a local header with its name and extra fields.</summary>
    public static ZipEntryHeader Read(ReadOnlySpan<byte> header, out string? problem)
    {
        problem = null;
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        ulong compressed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        var isZip64 = false;
        var extra = header[(30 + nameLength)..];
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4)
            {
                problem = "an extra field in its header is damaged";
                break;
            }

            if (id == Zip64Field)
            {
                isZip64 = true;
                var field = extra.Slice(4, size);
                if (!Widen(ref length, ref field) || !Widen(ref compressed, ref field)) problem = "the zip64 field in its header is damaged";
            }

            extra = extra[(4 + size)..];
        }

        return new ZipEntryHeader(
            BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
            BinaryPrimitives.ReadUInt16LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[14..]),
            compressed,
            length,
            nameLength > 0 && header[30 + nameLength - 1] == (byte)'/',
            isZip64);
    }

    private static bool Widen(ref ulong value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue) return true;
        if (field.Length < 8) return false;
        value = BinaryPrimitives.ReadUInt64LittleEndian(field);
        field = field[8..];
        return true;
    }
}
