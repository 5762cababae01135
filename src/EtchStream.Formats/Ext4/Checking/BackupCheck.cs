using System.Runtime.InteropServices;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Ext4.Layout;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>Looks at the superblock's copies, which only a repair reads.</summary>
internal static class BackupCheck
{
    /// <summary>Runs.</summary>
    public static void Run(Ext4Volume volume, CheckLog log, CancellationToken cancellationToken)
    {
        var superblock = volume.Superblock;
        var bytes = new byte[SuperblockLayout.Size];
        for (var group = 1; group < superblock.GroupCount; group++)
        {
            if (!superblock.GroupHasSuperblock(group)) continue;
            cancellationToken.ThrowIfCancellationRequested();
            volume.ReadBytes(superblock.GroupFirstBlock(group) * superblock.BlockSize, bytes);
            if (Problem(superblock, bytes) is { } problem) log.Warn($"the superblock's copy in group {group} {problem}; only a repair would miss it");
        }
    }

    private static string? Problem(Ext4Superblock superblock, byte[] bytes)
    {
        ref var copy = ref MemoryMarshal.AsRef<SuperblockLayout>(bytes.AsSpan());
        ref var raw = ref superblock.Raw;
        if (copy.Magic != K.Magic) return "is missing";
        if (superblock.HasMetadataChecksum && Crc32c.Append(uint.MaxValue, bytes.AsSpan(0, 0x3FC)) != copy.Checksum) return "has a wrong checksum";
        var isSame = copy.BlocksCountLow == raw.BlocksCountLow && copy.InodesCount == raw.InodesCount && copy.LogBlockSize == raw.LogBlockSize
            && copy.BlocksPerGroup == raw.BlocksPerGroup && copy.InodesPerGroup == raw.InodesPerGroup;
        return isSame ? null : "describes another file system";
    }
}
