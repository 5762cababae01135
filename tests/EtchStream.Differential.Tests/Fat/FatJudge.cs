using EtchStream.Formats.Fat;
using EtchStream.Formats.Fat.Checking;
using EtchStream.Formats.IO;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>Says all that is wrong with a FAT volume into which files were unpacked.</summary>
internal static class FatJudge
{
    /// <param name="volume">The volume, in a file of its own.</param>
    /// <param name="expected">What has to be in it.</param>
    /// <param name="freeBytes">What our report says is free; null when there is none.</param>
    /// <param name="askKernel">Whether Linux's vfat reads it as well, which takes some seconds.</param>
    public static IReadOnlyList<string> Judge(string volume, FatFiles expected, long? freeBytes, bool askKernel)
    {
        var complaints = new List<string>();
        Collect("fsck.vfat", () => CheckFree(volume, freeBytes));
        Collect("our own check", () => OurCheck(volume));
        Collect("mtools", () => expected.AsMtoolsNames().Compare(FatFiles.OfMtools(volume)));
        if (askKernel) Collect("kernel", () => expected.Compare(FatFiles.OfKernel(volume)));
        return complaints;

        void Collect(string judge, Func<IEnumerable<string>> look)
        {
            try
            {
                complaints.AddRange(look().Select(line => $"{judge}: {line}"));
            }
            catch (Exception error) when (error is IOException or InvalidOperationException or ArgumentException)
            {
                complaints.Add($"{judge}: {error.Message}");
            }
        }
    }

    private static IEnumerable<string> OurCheck(string volume)
    {
        using var disk = FileDisk.OpenRead(volume);
        return FatChecker.Check(disk).Select(f => f.Message);
    }

    private static IEnumerable<string> CheckFree(string volume, long? freeBytes)
    {
        var result = FsckVfat.Run(volume);
        foreach (var line in result.Complaints) yield return line;
        using var disk = FileDisk.OpenRead(volume);
        var info = FatVolumeInfo.TryRead(disk)!;
        var free = (result.Total - result.Used) * info.ClusterSize;
        if (freeBytes is not null && freeBytes != free) yield return $"{free} bytes are free, and the report says {freeBytes}";
        if (FatFreeSpace.Count(disk, info) is var counted && counted != free) yield return $"{free} bytes are free, and inspect counts {counted}";
    }
}
