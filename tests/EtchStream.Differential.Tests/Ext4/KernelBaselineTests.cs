using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>The judge itself: the kernel's own work passes on every file system, and damaged work does not.</summary>
public sealed class KernelBaselineTests
{
    public static TheoryData<string> Cases => FileSystemCases.Names(FileSystemCases.All.Where(c => !c.Name.StartsWith("soak", StringComparison.Ordinal)));

    [ToolTheory("mke2fs", "e2fsck", "tar", "mkfs.vfat", "sgdisk", "debootstrap", RequiresRoot = true)]
    [MemberData(nameof(Cases))]
    public void The_kernels_own_work_passes(string name)
    {
        var c = FileSystemCases.Get(name);
        using var folder = new TemporaryFolder();
        var before = c.Make(folder["before.img"]);
        Nothing.Wrong("before", before.Check());
        Nothing.Wrong("before", before.Summarize().Complaints());
        foreach (var copy in (string[])["a.img", "b.img"])
        {
            HostTool.RunOk("cp", "--sparse=always", before.Image, folder[copy]);
            KernelUnpack.Into(before.In(folder[copy]), c.Partition, c.Archives());
        }

        Nothing.Wrong(name, FileSystemJudge.Judge(before, before.In(folder["a.img"]), before.In(folder["b.img"])));
    }
}
