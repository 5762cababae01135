using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>Takes one file system of the matrix all the way: pack by hand, unpack with ours, unpack with the kernel, judge.</summary>
internal static class MatrixRunner
{
    /// <summary>Runs a case and answers all that is wrong.</summary>
    /// <param name="c">The case.</param>
    /// <param name="unpack">What is tested: from an archive to an image.</param>
    /// <param name="twice">Whether to ask for the same bytes a second time, which the kernel does not promise.</param>
    /// <param name="replaced">An archive that goes before the payload, and of which the payload leaves nothing: the kernel does not get it.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(FileSystemCase c, Func<string, string, Task> unpack, bool twice = true, string? replaced = null)
    {
        using var folder = new TemporaryFolder();
        var before = c.Make(folder["before.img"]);
        Nothing.Wrong($"{c.Name}, as it was made", before.Check());
        var payloads = c.Archives();
        var archive = HandMadeArchive.Make(folder["test.tar"], before.Path, replaced is null ? payloads : [replaced, .. payloads]);

        await unpack(archive, folder["actual.img"]);
        var complaints = new List<string>();
        if (twice)
        {
            await unpack(archive, folder["again.img"]);
            if (HostTool.Run("cmp", folder["actual.img"], folder["again.img"]) is { ExitCode: not 0 } different) complaints.Add($"two runs differ: {different.Output}{different.Error}");
            File.Delete(folder["again.img"]);
        }

        File.Delete(archive);
        HostTool.RunOk("cp", "--sparse=always", before.Path, folder["kernel.img"]);
        KernelUnpack.Into(before.In(folder["kernel.img"]), c.Partition, payloads);
        complaints.AddRange(FileSystemJudge.Judge(before, before.In(folder["kernel.img"]), before.In(folder["actual.img"])));
        return complaints;
    }
}
