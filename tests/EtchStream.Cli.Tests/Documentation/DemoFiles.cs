using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>What <c>etchstream demo</c> makes: an archive, the disk image of it (1 is BOOT, FAT; 2 is data, ext4), and what it was made of. Made once, and not changed.</summary>
public sealed class DemoFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DemoFiles()
    {
        CliProcess.Run("demo", _folder["demo"]).Succeeded();
        Image = _folder["demo/flashed.img"];
        Archive = _folder["demo/device.tar"];
        CompressedImage = _folder["demo/disk.img.gz"];
    }

    /// <summary>The disk image.</summary>
    public string Image { get; }

    /// <summary>The archive.</summary>
    public string Archive { get; }

    /// <summary>A disk image that is compressed with gzip.</summary>
    public string CompressedImage { get; }

    public void Dispose() => _folder.Dispose();
}
