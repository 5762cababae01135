using System.Buffers.Binary;

namespace EtchStream.Formats.Ext4;

/// <summary>
/// ACLs have two binary forms: the one of the xattr system calls (version 2, every entry with an id), and the one on disk
/// (version 1, an id only where the tag names a user or group).
/// </summary>
internal static class AclCodec
{
    private const uint CallVersion = 2;
    private const uint DiskVersion = 1;
    private const ushort TagUser = 0x02;
    private const ushort TagGroup = 0x08;
    private const uint NoId = uint.MaxValue;

    public static byte[] ToDisk(ReadOnlySpan<byte> value, string context)
    {
        if (value.Length < 4 || (value.Length - 4) % 8 != 0 || BinaryPrimitives.ReadUInt32LittleEndian(value) != CallVersion)
        {
            throw new CorruptFormatException(context, -1, "an ACL is not in the form of Linux's extended attributes");
        }

        var disk = new byte[value.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(disk, DiskVersion);
        var at = 4;
        for (var entry = value[4..]; entry.Length > 0; entry = entry[8..])
        {
            var length = HasId(BinaryPrimitives.ReadUInt16LittleEndian(entry)) ? 8 : 4;
            entry[..length].CopyTo(disk.AsSpan(at));
            at += length;
        }

        return disk[..at];
    }

    public static byte[] FromDisk(ReadOnlySpan<byte> disk, string context)
    {
        if (disk.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(disk) != DiskVersion) throw new CorruptFormatException(context, -1, "an ACL has a wrong version");
        var value = new List<byte>(disk.Length * 2);
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(word, CallVersion);
        value.AddRange(word[..4]);
        for (var entry = disk[4..]; entry.Length > 0;)
        {
            if (entry.Length < 4) throw new CorruptFormatException(context, -1, "an ACL entry is cut off");
            var hasId = HasId(BinaryPrimitives.ReadUInt16LittleEndian(entry));
            if (hasId && entry.Length < 8) throw new CorruptFormatException(context, -1, "an ACL entry is cut off");
            entry[..4].CopyTo(word);
            BinaryPrimitives.WriteUInt32LittleEndian(word[4..], hasId ? BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) : NoId);
            value.AddRange(word);
            entry = entry[(hasId ? 8 : 4)..];
        }

        return [.. value];
    }

    private static bool HasId(ushort tag) => tag is TagUser or TagGroup;
}
