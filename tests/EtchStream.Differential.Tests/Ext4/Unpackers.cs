using EtchStream.TestKit;
using EtchStream.Unpack;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>Programs that turn an archive into a disk image: <c>(archive, output)</c>.</summary>
internal static class Unpackers
{
    /// <summary>Ours, in this process.</summary>
    public static async Task Library(string archive, string output) =>
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(archive), Verify = true, Outputs = [output], Flush = false });

    /// <summary>Ours, as users run it.</summary>
    public static Task CommandLine(string archive, string output)
    {
        OurCommandLine.Run("unpack", archive, output, "--quiet").Succeeded();
        return Task.CompletedTask;
    }

    /// <summary>GNU tar and the kernel, for the judge's own tests.</summary>
    public static Func<string, string, Task> Kernel(FileSystemCase c) => (archive, output) =>
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("tar", "-x", "-f", archive, "-C", folder.FullPath, "disk.img");
        File.Move(folder["disk.img"], output);
        var specs = c.Layout == DiskLayout.OnePartition
            ? [DiskImages.OnePartition(folder["scratch.img"], c.MiB * 1024L * 1024)]
            : DiskImages.Balena(folder["scratch.img"], c.Layout == DiskLayout.BalenaGpt, c.MiB * 1024L * 1024);
        KernelUnpack.Into(new Ext4Image(output, specs[^1].Start, specs[^1].Length), c.Partition, c.Archives());
        return Task.CompletedTask;
    };
}
