using EtchStream.TestKit;

namespace EtchStream.Cli.Tests;

/// <summary>A folder with a disk image <c>disk.img</c>, whose first partition is an empty ext4 file system labelled <c>resin-data</c>.</summary>
internal sealed class ContainerDiskFile : IDisposable
{
    private const long PartitionLength = 12 << 20;

    private static readonly Lazy<byte[]> Content = new(Make);

    public ContainerDiskFile() => File.WriteAllBytes(Folder["disk.img"], Content.Value);

    public TemporaryFolder Folder { get; } = new();

    public string Image => Folder["disk.img"];

    /// <summary>Where an archive goes: a folder that is otherwise empty.</summary>
    public string Output => Path.Combine(Folder.MakeFolder("out"), "out.tar");

    /// <summary>Runs <c>pack</c> of the image to the output.</summary>
    public HostToolResult Pack(params string[] options) => CliProcess.Run(["pack", "--image", Image, "-o", Output, .. options]);

    /// <summary>Runs what must fail, with this exit code, one line and nothing left behind.</summary>
    public string Fails(int code, params string[] options)
    {
        var result = Pack(options);
        Xunit.Assert.True(code == result.ExitCode, $"{string.Join(' ', options)}: exit code {result.ExitCode}, {result.Error}");
        Xunit.Assert.Empty(result.Output);
        Xunit.Assert.StartsWith("etchstream: ", result.Error);
        Xunit.Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Xunit.Assert.Empty(Directory.GetFileSystemEntries(Folder["out"]));
        return result.Error;
    }

    public void Dispose() => Folder.Dispose();

    private static byte[] Make()
    {
        using var folder = new TemporaryFolder();
        var spec = DiskImages.OnePartition(folder["disk.img"], PartitionLength);
        Ext4Image.Make(folder["disk.img"], spec.Start, spec.Length, "-t", "ext4", "-b", "1024", "-O", "^has_journal", "-L", "resin-data");
        return File.ReadAllBytes(folder["disk.img"]);
    }
}
