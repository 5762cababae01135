namespace EtchStream.TestKit.Engine;

/// <summary>An ext4 file system for engines' data roots: overlay2 does not run on every file system that tests may find themselves on.</summary>
public sealed class EngineVolume : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopMount _mount;

    /// <summary>Makes and mounts one; the image file is sparse.</summary>
    /// <param name="size">Bytes.</param>
    public EngineVolume(long size = 8L << 30)
    {
        var image = Ext4Image.Make(_folder["engine.img"], 0, size, "-t", "ext4", "-m", "0");
        _mount = LoopMount.Open(image, readOnly: false);
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _mount.Path;

    /// <summary>The path of a folder in it, for one data root.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        _mount.Dispose();
        _folder.Dispose();
    }
}
