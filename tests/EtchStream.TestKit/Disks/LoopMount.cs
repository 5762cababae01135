using System.Globalization;

namespace EtchStream.TestKit;

/// <summary>A disk image, or a part of it, mounted by the kernel through a loop device until disposed.</summary>
public sealed class LoopMount : IDisposable
{
    private readonly string _device;
    private readonly TemporaryFolder _folder;
    private bool _mounted;

    private LoopMount(string device, TemporaryFolder folder)
    {
        _device = device;
        _folder = folder;
    }

    /// <summary>Where the file system is mounted.</summary>
    public string Path => _folder["mnt"];

    /// <summary>Mounts a whole image, or <paramref name="length"/> bytes of it at <paramref name="offset"/> (0: up to its end).</summary>
    /// <param name="image">Path of the image file.</param>
    /// <param name="offset">First byte of the partition.</param>
    /// <param name="length">Length of the partition in bytes.</param>
    /// <param name="readOnly">True makes the loop device itself read-only, so that not even a journal replay changes the image.</param>
    /// <param name="options">Further mount options, comma-separated.</param>
    /// <param name="type">File-system type as <c>mount -t</c> takes it.</param>
    public static LoopMount Open(string image, long offset = 0, long length = 0, bool readOnly = true, string options = "", string type = "auto")
    {
        List<string> arguments = ["--find", "--show", "--offset", offset.ToString(CultureInfo.InvariantCulture)];
        if (length > 0) arguments.AddRange(["--sizelimit", length.ToString(CultureInfo.InvariantCulture)]);
        if (readOnly) arguments.Add("--read-only");
        arguments.Add(image);
        var device = HostTool.RunOk("losetup", [.. arguments]).Output.Trim();
        var mount = new LoopMount(device, new TemporaryFolder());
        try
        {
            Directory.CreateDirectory(mount.Path);
            var all = (readOnly ? "ro" : "rw") + (options.Length > 0 ? "," + options : "");
            HostTool.RunOk("mount", "-t", type, "-o", all, device, mount.Path);
            mount._mounted = true;
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>Mounts the partition of an ext volume.</summary>
    public static LoopMount Open(Ext4Volume volume, bool readOnly = true, string options = "")
    {
        ArgumentNullException.ThrowIfNull(volume);
        return Open(volume.Image, volume.Offset, volume.Length, readOnly, options);
    }

    /// <summary>Unmounts and gives the loop device back. What was written is in the image after it.</summary>
    public void Dispose()
    {
        HostToolResult? failed = null;
        if (_mounted)
        {
            _mounted = false;

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

        HostTool.Run("losetup", "--detach", _device);
        _folder.Dispose();
        failed?.Succeeded();
    }
}
