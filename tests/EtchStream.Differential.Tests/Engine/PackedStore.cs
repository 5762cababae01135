using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Images that our program packed and unpacked onto a disk, whose data partition is mounted.</summary>
internal sealed class PackedStore : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PackedDisk _disk;
    private readonly Ext4Image _data;
    private LoopMount? _mount;

    private PackedStore(PackedDisk disk)
    {
        _disk = disk;
        _data = disk.Make(Image);
    }

    /// <summary>The disk image before.</summary>
    public string Image => _folder["disk.img"];

    /// <summary>The archive.</summary>
    public string Archive => _folder["archive.tar"];

    /// <summary>The disk image with everything in it.</summary>
    public string Output => _folder["out.img"];

    /// <summary>The engine's data root on the mounted partition.</summary>
    public string DataRoot => Path.Combine(Root, _disk.EngineRoot);

    /// <summary>The mounted partition.</summary>
    public string Root => _mount!.Path;

    /// <summary>What pack said.</summary>
    public string Told { get; private set; } = "";

    /// <summary>Makes a disk, packs images for it, unpacks, has e2fsck judge, and mounts.</summary>
    /// <param name="disk">The kind of disk.</param>
    /// <param name="arguments">Options of pack besides image, place and output.</param>
    public static PackedStore Make(PackedDisk disk, IEnumerable<string> arguments)
    {
        var store = new PackedStore(disk);
        try
        {
            store.Fill(arguments, "");
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The same for a disk that already has something on it.</summary>
    /// <param name="disk">The kind of disk.</param>
    /// <param name="arguments">Options of pack besides image, place and output.</param>
    /// <param name="prepare">Changes the data partition before; it gets the engine's data root.</param>
    /// <param name="gzip">Whether the disk image is packed as a .gz.</param>
    public static async Task<PackedStore> MakeAsync(PackedDisk disk, IEnumerable<string> arguments, Func<string, Task> prepare, bool gzip)
    {
        var store = new PackedStore(disk);
        try
        {
            using (var mount = LoopMount.Open(store._data, readOnly: false)) await prepare(Path.Combine(mount.Path, disk.EngineRoot));
            if (gzip) HostTool.RunOk("gzip", "-1", "-k", store.Image);
            store.Fill(arguments, gzip ? ".gz" : "");
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The command line that packs images for the disk.</summary>
    public string[] PackArguments(IEnumerable<string> arguments, string archive, string suffix = "") => ["pack", "--image", Image + suffix, .. _disk.Arguments, .. arguments, "-o", archive];

    /// <summary>Unmounts, and answers the partition as it is now.</summary>
    public Ext4Image Unmount()
    {
        _mount?.Dispose();
        _mount = null;
        return _data.In(Output);
    }

    private void Fill(IEnumerable<string> arguments, string suffix)
    {
        Told = OurCommandLine.Run(PackArguments(arguments, Archive, suffix)).Succeeded().Error;
        OurCommandLine.Run("unpack", Archive, Output).Succeeded();
        var data = _data.In(Output);
        Nothing.Wrong("complaints of e2fsck", [.. data.Check()]);
        _mount = LoopMount.Open(data, readOnly: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mount?.Dispose();
        _folder.Dispose();
    }
}
