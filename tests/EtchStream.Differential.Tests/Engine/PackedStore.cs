using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Images that our program packed and unpacked onto a disk, whose data partition is mounted.</summary>
internal sealed class PackedStore : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Ext4Image _data;
    private LoopMount? _mount;

    private PackedStore(bool gpt, long dataLength) => _data = BalenaDisk.Make(Image, gpt, dataLength);

    /// <summary>The disk image before.</summary>
    public string Image => _folder["disk.img"];

    /// <summary>The archive.</summary>
    public string Archive => _folder["archive.tar"];

    /// <summary>The disk image with everything in it.</summary>
    public string Output => _folder["out.img"];

    /// <summary>The engine's data root on the mounted partition.</summary>
    public string DataRoot => Path.Combine(Root, "docker");

    /// <summary>The mounted partition.</summary>
    public string Root => _mount!.Path;

    /// <summary>What pack said.</summary>
    public string Told { get; private set; } = "";

    /// <summary>Packs images for a disk of balenaOS's layout, unpacks, has e2fsck judge, and mounts.</summary>
    /// <param name="arguments">Options of pack besides image and output.</param>
    /// <param name="gpt">The partition table.</param>
    /// <param name="dataLength">Bytes of the data partition.</param>
    public static PackedStore Make(IEnumerable<string> arguments, bool gpt = false, long dataLength = 4L << 30)
    {
        var store = new PackedStore(gpt, dataLength);
        try
        {
            store.Told = OurCommandLine.Run(["pack", "--image", store.Image, .. arguments, "-o", store.Archive]).Succeeded().Error;
            OurCommandLine.Run("unpack", store.Archive, store.Output).Succeeded();
            var data = store._data.In(store.Output);
            Nothing.Wrong("complaints of e2fsck", [.. data.Check()]);
            store._mount = LoopMount.Open(data, readOnly: false);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mount?.Dispose();
        _folder.Dispose();
    }
}
