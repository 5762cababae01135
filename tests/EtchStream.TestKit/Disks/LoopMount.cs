using System.Collections.Concurrent;

namespace EtchStream.TestKit;

/// <summary>A disk image, or a part of it, mounted by the kernel through a loop device until disposed.</summary>
public sealed class LoopMount : IDisposable
{
    private static readonly ConcurrentDictionary<LoopMount, bool> Mounted = new();
    private readonly LoopDevice _device;
    private readonly TemporaryFolder _folder;
    private bool _mounted;

    static LoopMount() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // A test run that is stopped leaves no mounts behind.
        foreach (var mount in Mounted.Keys) mount.Dispose();
    };

    private LoopMount(LoopDevice device, TemporaryFolder folder, string path)
    {
        _device = device;
        _folder = folder;
        Path = path;
    }

    /// <summary>Where the file system is mounted.</summary>
    public string Path { get; }

    /// <summary>The folder of the test's own in which <see cref="Path"/> lies.</summary>
    public string Root => _folder.FullPath;

    /// <summary>Mounts a whole image, or <paramref name="length"/> bytes of it at <paramref name="offset"/> (0: up to its end).</summary>
    /// <param name="image">Path of the image file.</param>
    /// <param name="offset">First byte of the partition.</param>
    /// <param name="length">Length of the partition in bytes.</param>
    /// <param name="readOnly">True makes the loop device itself read-only, so that not even a journal replay changes the image.</param>
    /// <param name="options">Further mount options, comma-separated.</param>
    /// <param name="type">File-system type as <c>mount -t</c> takes it.</param>
    /// <param name="folder">Path of the mount point below <see cref="Root"/>.</param>
    public static LoopMount Open(string image, long offset = 0, long length = 0, bool readOnly = true, string options = "", string type = "auto", string folder = "mnt")
    {
        var device = LoopDevice.Open(image, offset, length, readOnly);
        var temporary = new TemporaryFolder();
        var mount = new LoopMount(device, temporary, temporary.MakeFolder(folder));
        try
        {
            var all = (readOnly ? "ro" : "rw") + (options.Length > 0 ? "," + options : "");
            HostTool.RunOk("mount", "-t", type, "-o", all, device.Path, mount.Path);
            mount._mounted = true;
            Mounted.TryAdd(mount, true);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>Mounts the partition of an ext volume.</summary>
    public static LoopMount Open(Ext4Image volume, bool readOnly = true, string options = "", string folder = "mnt")
    {
        ArgumentNullException.ThrowIfNull(volume);
        return Open(volume.Path, volume.Offset, volume.Length, readOnly, options, folder: folder);
    }

    /// <summary>Unmounts and gives the loop device back. What was written is in the image after it.</summary>
    public void Dispose()
    {
        HostToolResult? failed = null;
        if (_mounted)
        {
            _mounted = false;
            Mounted.TryRemove(this, out _);

            // Something that still looks at the mount (an indexer, a slow close) goes away on its own: try again for a while.
            for (var attempt = 0; attempt < 50; attempt++)
            {
                failed = HostTool.Run("umount", Path);
                if (failed.ExitCode == 0) break;
                Thread.Sleep(100);
            }

            if (failed?.ExitCode == 0) failed = null;
            else HostTool.Run("umount", "-l", Path);
        }

        _device.Dispose();
        _folder.Dispose();
        failed?.Succeeded();
    }
}
