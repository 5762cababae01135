using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.TestKit;
using EtchStream.Unpack;
using EtchStream.Unpack.Growth;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>The whole way on a disk with real file systems: FAT in partition 1, ext4 in the logical partition 5.</summary>
[Collection(PipelineCollection.Name)]
public sealed class UnpackExt4Tests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private const int Ext4Start = 34 * MiB;
    private const int Ext4Size = 24 * MiB;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs", "mkfs.vfat", "sfdisk", "dd", "tar", "e2fsck")]
    [InlineData("5")]
    [InlineData("resin-data")]
    public async Task Files_are_in_the_partition_and_e2fsck_has_nothing_to_say(string partition)
    {
        MakeDisk();
        var random = new Random(1);
        var large = new byte[3_000_001];
        random.NextBytes(large);
        var folder = _folder.MakeFolder($"inject/{partition}/docker/overlay2");
        File.WriteAllBytes(Path.Combine(folder, "large"), large);
        for (var i = 0; i < 700; i++) File.WriteAllText(Path.Combine(folder, $"small-{i}"), $"content {i}");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "../../somewhere");
        HostTool.RunOk("tar", "-C", _folder.FullPath, "--format=posix", "-cf", _folder["a.tar"], "disk.img", "inject");

        var report = await UnpackAsync();
        Assert.Equal((5, "resin-data", "ext4", 704L, 701L), (report.Partitions[0].Number, report.Partitions[0].Label, report.Partitions[0].FileSystem, report.Partitions[0].Entries, report.Partitions[0].Files));
        Assert.Empty(report.Warnings);

        HostTool.RunOk("dd", $"if={_folder["out.img"]}", $"of={_folder["p5"]}", "bs=1M", $"skip={Ext4Start / MiB}", "status=none");
        HostTool.RunOk("e2fsck", "-fn", _folder["p5"]);
        using var disk = FileDisk.OpenRead(_folder["p5"]);
        var volume = Ext4Volume.Open(disk);
        Assert.Equal(volume.Superblock.FreeBlockCount * volume.Superblock.BlockSize, report.Partitions[0].FreeBytes);
        Assert.Equal(large, Content(volume, "docker/overlay2/large"));
        for (var i = 0; i < 700; i += 50) Assert.Equal(Encoding.UTF8.GetBytes($"content {i}"), Content(volume, $"docker/overlay2/small-{i}"));
        Assert.Equal("../../somewhere", Encoding.UTF8.GetString(volume.ReadSymbolicLink(volume.Find("docker/overlay2/link")!)));
    }

    [ToolFact("mke2fs", "mkfs.vfat", "sfdisk", "dd")]
    public async Task Refusals_name_partition_and_path_and_leave_nothing()
    {
        MakeDisk();
        var image = File.ReadAllBytes(_folder["disk.img"]);
        Assert.Equal("a.tar: partition 1 (BOOT), path l: a FAT file system holds no symbolic links; bring the file itself", (await FailsAsync<UnsupportedFormatException>(b => b.SymbolicLink("inject/1/l", "x"))).Message);
        Assert.StartsWith("partition 1 (BOOT), path big: the file system is full", (await FailsAsync<OutOfSpaceException>(b => b.File("inject/BOOT/big", new byte[33 * MiB]))).Message, StringComparison.Ordinal);
        Assert.StartsWith("partition 5 (resin-data), path big: ", (await FailsAsync<OutOfSpaceException>(b => b.File("inject/5/big", new byte[25 * MiB]))).Message, StringComparison.Ordinal);
        Assert.Contains("partition 5 (resin-data), path l/a", (await FailsAsync<UnsafePathException>(b => b.SymbolicLink("inject/5/l", "lost+found").File("inject/5/l/a", [1]))).Message, StringComparison.Ordinal);
        Assert.Contains("partition 5 (resin-data), path h", (await FailsAsync<IOException>(b => b.HardLink("inject/5/h", "inject/5/nowhere"))).Message, StringComparison.Ordinal);
        Assert.Contains("no partition 7", (await FailsAsync<PartitionNotFoundException>(b => b.File("inject/7/a", [1]))).Message, StringComparison.Ordinal);
        await FailsAsync<PartitionNotFoundException>(b => b.File("inject/2/a", [1]));

        image.AsSpan(Ext4Start, 4096).Clear();
        Assert.Equal("a.tar: partition 5: it holds no file system that is known; files can be written into ext2, ext3, ext4 and FAT", (await FailsAsync<UnsupportedFormatException>(b => b.File("inject/5/a", [1]))).Message);
        "NTFS    "u8.CopyTo(image.AsSpan(Ext4Start + 3));
        Assert.Equal("a.tar: partition 5: files cannot be written into ntfs; they can into ext2, ext3, ext4 and FAT", (await FailsAsync<UnsupportedFormatException>(b => b.File("inject/5/a", [1]))).Message);

        async Task<T> FailsAsync<T>(Action<ArchiveBuilder> add)
            where T : Exception
        {
            using var builder = new ArchiveBuilder();
            builder.File("disk.img", image);
            add(builder);
            File.WriteAllBytes(_folder["a.tar"], builder.ToBytes());
            var input = ArchiveInput.FromStream(File.OpenRead(_folder["a.tar"]), "a.tar");
            var error = await Assert.ThrowsAnyAsync<T>(() => UnpackPipeline.RunAsync(new UnpackOptions { Input = input, Outputs = [_folder["out.img"]], Grow = GrowOptions.None }));
            Assert.Equal(["a.tar", "disk.img"], Directory.GetFileSystemEntries(_folder.FullPath).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            return error;
        }
    }

    private Task<UnpackReport> UnpackAsync() =>
        UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(_folder["a.tar"]), Verify = true, Outputs = [_folder["out.img"]] });

    private static byte[] Content(Ext4Volume volume, string path)
    {
        var inode = volume.Find(path) ?? throw new InvalidOperationException($"{path} is not there");
        var bytes = new byte[inode.Size];
        for (var at = 0; at < bytes.Length;)
        {
            var count = volume.ReadFile(inode, at, bytes.AsSpan(at));
            if (count == 0) throw new InvalidOperationException($"{path} ends at {at}");
            at += count;
        }

        return bytes;
    }

    private void MakeDisk()
    {
        var image = Make("disk.img", 60 * MiB);
        HostTool.Run(new HostToolCall("sfdisk", "-q", image) { Input = "label: dos\nstart=2048,size=65536,type=c\nstart=67584,type=5\nstart=69632,size=49152,type=83\n"u8.ToArray() }).Succeeded();
        HostTool.RunOk("mkfs.vfat", "-F", "16", "-n", "BOOT", Make("fat", 32 * MiB));
        HostTool.RunOk("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-L", "resin-data", Make("ext4", Ext4Size));
        HostTool.RunOk("dd", $"if={_folder["fat"]}", $"of={image}", "bs=1M", "seek=1", "conv=notrunc,sparse", "status=none");
        HostTool.RunOk("dd", $"if={_folder["ext4"]}", $"of={image}", "bs=1M", $"seek={Ext4Start / MiB}", "conv=notrunc,sparse", "status=none");
        File.Delete(_folder["fat"]);
        File.Delete(_folder["ext4"]);
    }

    private string Make(string name, long size)
    {
        using var file = File.Create(_folder[name]);
        file.SetLength(size);
        return _folder[name];
    }
}
