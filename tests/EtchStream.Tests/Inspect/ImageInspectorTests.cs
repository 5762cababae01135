using System.Globalization;
using EtchStream.Formats.IO;
using EtchStream.Inspect;
using EtchStream.TestKit;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Inspect;

public sealed class ImageInspectorTests : IDisposable
{
    private const long MiB = 1024 * 1024;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolFact("mke2fs", "mkfs.vfat", "mcopy", "sfdisk", "dumpe2fs", "dd")]
    public async Task Partitions_file_systems_and_free_space_are_what_the_tools_say()
    {
        var image = Make("disk.img", 160 * MiB);
        HostTool.Run(new HostToolCall("sfdisk", "-q", image) { Input = "label: dos\nstart=2048,size=65536,type=c\nstart=67584,type=5\nstart=69632,type=83\n"u8.ToArray() }).Succeeded();
        HostTool.RunOk("mkfs.vfat", "-F", "16", "-n", "boot", Make("fat", 32 * MiB));
        File.WriteAllBytes(_folder["file"], new byte[100_000]);
        HostTool.RunOk("mcopy", "-i", _folder["fat"], _folder["file"], "::/FILE");
        HostTool.RunOk("mke2fs", "-q", "-F", "-t", "ext4", "-L", "data", Make("ext4", 100 * MiB));
        Copy("fat", image, 2048);
        Copy("ext4", image, 69632);

        var report = (await Inspector.InspectAsync(ArchiveInput.OpenFile(image))).Image!;
        Assert.Equal("mbr", report.PartitionTable);
        Assert.Equal([1, 2, 5], report.Partitions.Select(p => p.Number));
        Assert.True(report.Partitions[1].IsExtended);
        Assert.True(report.Partitions[2].IsLogical);

        var fat = report.Partitions[0].FileSystem!;
        Assert.Equal(("fat16", "boot"), (fat.Type, fat.Label!.ToLowerInvariant()));
        var listing = HostTool.RunOk("mdir", "-i", _folder["fat"], "::/").Output;
        var free = listing.Split('\n').Single(line => line.Contains("bytes free", StringComparison.Ordinal));
        Assert.Equal(long.Parse(string.Concat(free.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture), fat.FreeBytes);

        var ext4 = report.Partitions[2].FileSystem!;
        var summary = HostTool.RunOk("dumpe2fs", "-h", _folder["ext4"]).Output;
        Assert.Equal(("ext4", "data", null), (ext4.Type, ext4.Label, ext4.Problem));
        Assert.Equal(Field(summary, "Free blocks:") * ext4.BlockSize, ext4.FreeBytes);
        Assert.Equal(Field(summary, "Free inodes:"), ext4.FreeInodes);
        Assert.Equal(Field(summary, "Block count:") * ext4.BlockSize, ext4.Size);
        Assert.Contains("5       34.0 MiB", InspectText.Format(new InspectReport { Name = "x", Image = report }), StringComparison.Ordinal);
    }

    [ToolTheory("mkfs.vfat", "mcopy", "mdir")]
    [InlineData("12", 2)]
    [InlineData("16", 20)]
    [InlineData("32", 70)]
    public void Free_space_of_every_fat_is_what_mtools_says(string bits, int size)
    {
        var path = Make($"fat{bits}", size * MiB);
        HostTool.RunOk("mkfs.vfat", "-F", bits, "-s", "1", path);
        File.WriteAllBytes(_folder["file"], new byte[777_777]);
        HostTool.RunOk("mcopy", "-i", path, _folder["file"], "::/FILE");
        using var disk = FileDisk.OpenRead(path);
        var report = ImageInspector.Inspect(disk);
        Assert.Equal("none", report.PartitionTable);
        Assert.Equal($"fat{bits}", report.FileSystem!.Type);
        var free = HostTool.RunOk("mdir", "-i", path, "::/").Output.Split('\n').Single(line => line.Contains("bytes free", StringComparison.Ordinal));
        Assert.Equal(long.Parse(string.Concat(free.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture), report.FileSystem.FreeBytes);
    }

    [ToolFact("mke2fs", "tune2fs")]
    public void A_file_system_that_cannot_be_written_says_why()
    {
        var path = Make("ext4", 20 * MiB);
        HostTool.RunOk("mke2fs", "-q", "-F", "-t", "ext4", "-O", "encrypt", path);
        using var disk = FileDisk.OpenRead(path);
        Assert.Contains("encrypt", ImageInspector.Inspect(disk).FileSystem!.Problem, StringComparison.Ordinal);
    }

    private static long Field(string summary, string name) =>
        long.Parse(summary.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim(), CultureInfo.InvariantCulture);

    private string Make(string name, long size)
    {
        using var file = File.Create(_folder[name]);
        file.SetLength(size);
        return _folder[name];
    }

    private void Copy(string part, string image, long sector) =>
        HostTool.RunOk("dd", $"if={_folder[part]}", $"of={image}", "bs=512", $"seek={sector}", "conv=notrunc,sparse", "status=none");
}
