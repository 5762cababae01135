using System.Buffers.Binary;
using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Partitions;

/// <summary>Tells what a partition holds by its superblock, as blkid does. Reads a few sectors, changes nothing, and never throws on garbage.</summary>
public static class FileSystemProbe
{
    private const int SuperblockOffset = 1024;

    /// <summary>Identifies the content of <paramref name="partition"/>; all fields are null when it is nothing that is known.</summary>
    public static FileSystemInfo Identify(IRandomReader partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        try
        {
            var head = ReadUpTo(partition, 0, 4096);
            if (head is null) return default;

            // Containers first: what lies inside of one may have left its own magic behind.
            return Luks(head) ?? Lvm2(head) ?? Xfs(head) ?? Squashfs(head) ?? Ext(head) ?? F2fs(head) ?? Erofs(head)
                ?? ExFat(partition, head) ?? Ntfs(head) ?? Fat(partition) ?? Btrfs(partition) ?? Swap(partition) ?? Iso9660(partition) ?? default;
        }
        catch (CorruptFormatException)
        {
            // A read behind the end of a truncated image. What cannot be read cannot be told.
            return default;
        }
    }

    private static FileSystemInfo? Ext(byte[] head)
    {
        var sb = head.AsSpan(SuperblockOffset, 1024);
        if (U16(sb, 0x38) != 0xEF53) return null;

        // Two bytes of magic can be chance, in a FAT for one; so a few fields have to make sense too.
        // A journal device has no inodes.
        var isJournal = (U32(sb, 0x60) & 0x8) != 0;
        if ((U32(sb, 0x00) == 0 && !isJournal) || U32(sb, 0x04) == 0 || U32(sb, 0x14) > 1 || U32(sb, 0x18) > 6 || U32(sb, 0x20) == 0 || U32(sb, 0x4C) > 1) return null;

        uint compat = U32(sb, 0x5C), incompat = U32(sb, 0x60), roCompat = U32(sb, 0x64);
        const uint Ext2Incompat = 0x2 | 0x10, Ext3Incompat = Ext2Incompat | 0x4, OldRoCompat = 0x1 | 0x2 | 0x4;
        var hasJournal = (compat & 0x4) != 0;
        var type = "ext4";
        if (isJournal) type = "jbd";
        else if ((roCompat & ~OldRoCompat) == 0 && hasJournal && (incompat & ~Ext3Incompat) == 0) type = "ext3";
        else if ((roCompat & ~OldRoCompat) == 0 && !hasJournal && (incompat & ~Ext2Incompat) == 0) type = "ext2";
        return new FileSystemInfo(type, Text(sb.Slice(0x78, 16)), Uuid(sb.Slice(0x68, 16)));
    }

    private static FileSystemInfo? Fat(IRandomReader partition) =>
        FatVolumeInfo.TryRead(partition) is { } fat ? new FileSystemInfo($"fat{fat.Bits}", fat.Label, fat.SerialText) : null;

    private static FileSystemInfo? ExFat(IRandomReader partition, byte[] head) =>
        head.AsSpan(3, 8).SequenceEqual("EXFAT   "u8)
            ? new FileSystemInfo("exfat", ExFatLabel.Read(partition, head), $"{U16(head, 0x66):X4}-{U16(head, 0x64):X4}")
            : null;

    private static FileSystemInfo? Ntfs(byte[] head) =>
        head.AsSpan(3, 8).SequenceEqual("NTFS    "u8)
            ? new FileSystemInfo("ntfs", null, $"{BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(0x48)):X16}")
            : null;

    private static FileSystemInfo? Squashfs(byte[] head) =>
        head.AsSpan(0, 4).SequenceEqual("hsqs"u8) || head.AsSpan(0, 4).SequenceEqual("sqsh"u8) ? new FileSystemInfo("squashfs") : null;

    private static FileSystemInfo? Xfs(byte[] head) =>
        head.AsSpan(0, 4).SequenceEqual("XFSB"u8) ? new FileSystemInfo("xfs", Text(head.AsSpan(108, 12)), Uuid(head.AsSpan(32, 16))) : null;

    private static FileSystemInfo? F2fs(byte[] head)
    {
        var sb = head.AsSpan(SuperblockOffset);
        if (U32(sb, 0) != 0xF2F52010) return null;
        var name = Encoding.Unicode.GetString(sb.Slice(0x7C, 1024));
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        return new FileSystemInfo("f2fs", NullIfEmpty(end < 0 ? name : name[..end]), Uuid(sb.Slice(0x6C, 16)));
    }

    private static FileSystemInfo? Erofs(byte[] head)
    {
        var sb = head.AsSpan(SuperblockOffset);
        return U32(sb, 0) == 0xE0F5E1E2 ? new FileSystemInfo("erofs", Text(sb.Slice(64, 16)), Uuid(sb.Slice(48, 16))) : null;
    }

    private static FileSystemInfo? Luks(byte[] head)
    {
        if (!head.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE])) return null;
        var version = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(6));
        return new FileSystemInfo("luks", version == 2 ? Text(head.AsSpan(24, 48)) : null, Text(head.AsSpan(168, 40)));
    }

    private static FileSystemInfo? Lvm2(byte[] head)
    {
        for (var sector = 0; sector < 2048; sector += 512)
        {
            var label = head.AsSpan(sector, 512);
            if (!label[..8].SequenceEqual("LABELONE"u8) || !label.Slice(24, 8).SequenceEqual("LVM2 001"u8)) continue;
            var id = Encoding.ASCII.GetString(label.Slice(32, 32));
            return new FileSystemInfo("lvm2", null, $"{id[..6]}-{id[6..10]}-{id[10..14]}-{id[14..18]}-{id[18..22]}-{id[22..26]}-{id[26..]}");
        }

        return null;
    }

    private static FileSystemInfo? Btrfs(IRandomReader partition) =>
        ReadUpTo(partition, 0x10000, 1024) is { } sb && sb.AsSpan(0x40, 8).SequenceEqual("_BHRfS_M"u8)
            ? new FileSystemInfo("btrfs", Text(sb.AsSpan(0x12B, 256)), Uuid(sb.AsSpan(0x20, 16)))
            : null;

    private static FileSystemInfo? Swap(IRandomReader partition)
    {
        for (var page = 4096; page <= 65536; page *= 2)
        {
            if (ReadUpTo(partition, page - 10, 10) is not { } magic) return null;
            if (magic.AsSpan().SequenceEqual("SWAP-SPACE"u8)) return new FileSystemInfo("swap");
            if (!magic.AsSpan().SequenceEqual("SWAPSPACE2"u8) || ReadUpTo(partition, 1024, 64) is not { } header) continue;
            return new FileSystemInfo("swap", Text(header.AsSpan(0x1C, 16)), Uuid(header.AsSpan(0x0C, 16)));
        }

        return null;
    }

    private static FileSystemInfo? Iso9660(IRandomReader partition) =>
        ReadUpTo(partition, 0x8000, 2048) is { } descriptor && descriptor.AsSpan(1, 5).SequenceEqual("CD001"u8)
            ? new FileSystemInfo("iso9660", Text(descriptor.AsSpan(40, 32)))
            : null;

    /// <summary>The bytes at <paramref name="offset"/>, filled up with zeros behind the partition's end; null when not one of them is there.</summary>
    private static byte[]? ReadUpTo(IRandomReader partition, long offset, int count)
    {
        if (partition.Length <= offset) return null;
        var bytes = new byte[count];
        partition.Read(offset, bytes.AsSpan(0, (int)Math.Min(count, partition.Length - offset)));
        return bytes;
    }

    private static string? Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return NullIfEmpty(Encoding.UTF8.GetString(end < 0 ? field : field[..end]).TrimEnd());
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static string? Uuid(ReadOnlySpan<byte> bytes) =>
        bytes.ContainsAnyExcept((byte)0) ? new Guid(bytes, bigEndian: true).ToString("D") : null;

    private static ushort U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
