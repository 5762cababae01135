using EtchStream.Formats.Ext4.Checking;
using EtchStream.Formats.IO;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>What our own check says of a file system: held against e2fsck, and not the other way round.</summary>
internal static class OurCheck
{
    /// <summary>All findings, one line each.</summary>
    public static IReadOnlyList<string> Of(Ext4Image volume)
    {
        using var disk = FileDisk.OpenRead(volume.Path);
        return [.. Ext4Checker.Check(new ReaderSlice(disk, volume.Offset, volume.Length)).Select(f => (f.IsError ? "error: " : "warning: ") + f.Message)];
    }
}
