using EtchStream.Differential.Tests.Ext4;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>What a volume went through before.</summary>
public enum FatPast
{
    /// <summary>Nothing.</summary>
    New,

    /// <summary>It holds boot files, some where the payload's go.</summary>
    Boot,

    /// <summary>It is nearly full, and what is free lies in single clusters.</summary>
    Fragmented,
}

/// <summary>
/// Archives made by hand are unpacked into FAT partitions of every make; fsck.vfat, mtools and Linux's vfat judge the results.
/// </summary>
public class FatMatrixTests
{
    /// <summary>Options of mkfs.vfat, KiB, past, files in one folder, whether the kernel is asked.</summary>
    public static TheoryData<string, int, FatPast, int, bool> Cases => new()
    {
        { "-F 12 -s 1 -r 512", 2_000, FatPast.Boot, 40, true },
        { "-F 12 -s 128", 131_072, FatPast.New, 100, false },
        { "-F 16 -s 4 -r 512", 65_536, FatPast.Boot, 200, false },
        { "-F 16 -s 1 -f 1", 30_000, FatPast.Fragmented, 100, true },
        { "-F 16 -s 8 -S 4096", 262_144, FatPast.Boot, 100, false },
        { "-F 32 -s 1", 40_000, FatPast.Fragmented, 100, false },
        { "-F 32 -s 1 -S 4096", 300_000, FatPast.Boot, 1000, false },
    };

    /// <summary>All widths, sectors, clusters and pasts, in long runs only; one case stands for all when they are not wanted.</summary>
    public static TheoryData<string, int, FatPast, int, bool> AllCases
    {
        get
        {
            var all = new TheoryData<string, int, FatPast, int, bool>();
            foreach (var sector in (int[])[512, 1024, 2048, 4096])
            {
                foreach (var cluster in new[] { 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536 }.Where(cluster => cluster >= sector))
                {
                    foreach (var past in Enum.GetValues<FatPast>())
                    {
                        var files = Math.Min(1000, (cluster / 512 * 400) - 350);
                        all.Add($"-F 12 -s {cluster / sector} -S {sector}", cluster / 1024 * 4000 + (cluster == 512 ? 1900 : 0), past, Math.Min(files, 400), true);
                        all.Add($"-F 16 -s {cluster / sector} -S {sector} -r 1024", (int)(cluster / 1024.0 * 8000), past, 1000, true);

                        // mtools wants as many clusters as FAT32 is meant to have. That makes some gigabytes, of which nothing may be filled.
                        if (past != FatPast.Fragmented || cluster <= 2048) all.Add($"-F 32 -s {cluster / sector} -S {sector}", (int)(cluster / 1024.0 * 68_000), past, 1000, true);
                    }
                }
            }

            if (Soak.IsOn) return all;
            var one = new TheoryData<string, int, FatPast, int, bool>();
            one.Add("-F 16 -s 1 -S 512 -r 1024", 16_000, FatPast.New, 300, false);
            return one;
        }
    }

    [ToolTheory("mkfs.vfat", "fsck.vfat", "mcopy", "tar", VfatKernel.Tool, "busybox", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public Task Unpacks_into(string options, int kibibytes, FatPast past, int files, bool askKernel) => RunAsync(options, kibibytes, past, files, askKernel);

    [ToolTheory("mkfs.vfat", "fsck.vfat", "mcopy", "tar", VfatKernel.Tool, "busybox", RequiresRoot = true)]
    [MemberData(nameof(AllCases))]
    public Task Unpacks_into_all(string options, int kibibytes, FatPast past, int files, bool askKernel) => RunAsync(options, kibibytes, past, files, askKernel);

    private static async Task RunAsync(string options, int kibibytes, FatPast past, int files, bool askKernel)
    {
        using var folder = new TemporaryFolder();
        var clusterSize = 0;
        var before = FatDisk.Make(folder["disk.img"], options, kibibytes, volume =>
        {
            using (var disk = FileDisk.OpenRead(volume)) clusterSize = FatVolumeInfo.TryRead(disk)!.ClusterSize;
            if (past != FatPast.New) FatPasts.BootFiles(volume);
            if (past == FatPast.Fragmented) FatPasts.FillAndFragment(volume, clusterSize, holes: files * 3);
        });
        var volume = before.Extract(folder["before.fat"]);
        Nothing.Wrong("as it was made", FsckVfat.Run(volume).Complaints);
        var expected = FatFiles.OfMtools(volume);
        var payload = FatPayload.Make(folder.MakeFolder("payload"), files, clusterSize);
        var archive = HandMadeArchive.Make(folder["a.tar"], before.Image, FatPayload.Pack(folder["payload.tar"], folder["payload"]));

        var report = await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(archive), Verify = true, Outputs = [folder["after.img"]], Flush = false });
        var after = before with { Image = folder["after.img"] };
        volume = after.Extract(folder["after.fat"]);
        Nothing.Wrong($"{options}, {past}", FatJudge.Judge(volume, expected.With(payload), Assert.Single(report.Partitions).FreeBytes, askKernel));
        Assert.Equal(0, HostTool.Run("cmp", "-n", "1048576", before.Image, after.Image).ExitCode);
    }
}
