using EtchStream.Dataflow;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>Whether a device is in use, and by what. Opening it exclusively finds the same, but not the reason.</summary>
internal static class LinuxDeviceUse
{
    // Devices upon devices (a file system on LUKS on LVM on RAID); no real one comes near.
    private const int MaxDepth = 16;

    /// <summary>Refuses a device that must not be written.</summary>
    /// <exception cref="OutputRefusedException">It is in use; or read-only or the system's disk, and <paramref name="force"/> is not given.</exception>
    public static void EnsureFree(LinuxDeviceFacts device, bool force)
    {
        var mounts = MountTable.Read();
        List<string> parts = [device.Folder, .. device.PartitionFolders];
        foreach (var part in parts)
        {
            if (UseOf(part, mounts, 0) is not { } use) continue;
            var what = part == device.Folder ? "it" : $"its partition {Path.GetFileName(part)}";
            throw new OutputRefusedException(device.Path, $"{what} is {use}; a device that is in use is never written");
        }

        if (force) return;
        if (SystemDisks(mounts).Contains(device.DiskFolder, StringComparer.Ordinal)) throw new OutputRefusedException(device.Path, "it is on the disk that holds the running system (/); is it the right one? --force writes it all the same");
        if (device.IsReadOnly) throw new OutputRefusedException(device.Path, "it is read-only: a write-protect switch, or set so (blockdev --setro); --force makes it writable, where it can be");
    }

    private static string? UseOf(string folder, MountTable mounts, int depth)
    {
        var name = Path.GetFileName(folder);
        var number = LinuxDeviceFacts.Text(folder, "dev") ?? "";
        if (mounts.PointOf(number, name) is { } point) return $"mounted at {point} (umount {point})";
        if (mounts.IsSwap(name)) return "swapped to (swapoff)";
        if (LoopOver(name) is { } loop) return $"what the loop device {loop} stands on (losetup --detach /dev/{loop})";
        foreach (var holder in Names(Path.Combine(folder, "holders")))
        {
            var holderFolder = Path.Combine("/sys/class/block", holder);
            var use = depth < MaxDepth ? UseOf(holderFolder, mounts, depth + 1) : null;
            return $"held by {Kind(holderFolder, holder)}{(use is null ? "" : $", which is {use}")}";
        }

        return null;
    }

    private static string Kind(string folder, string name)
    {
        if (LinuxDeviceFacts.Text(folder, "md/level") is { } level) return $"the RAID {name} ({level})";
        if (LinuxDeviceFacts.Text(folder, "dm/name") is not { } mapped) return name;
        var id = LinuxDeviceFacts.Text(folder, "dm/uuid") ?? "";
        var kind = id.StartsWith("LVM-", StringComparison.Ordinal) ? "the LVM volume" : id.StartsWith("CRYPT-", StringComparison.Ordinal) ? "the encrypted volume" : "the mapped device";
        return $"{kind} {mapped}";
    }

    private static string? LoopOver(string name) =>
        Names("/sys/class/block").FirstOrDefault(other => other.StartsWith("loop", StringComparison.Ordinal) && LinuxDeviceFacts.Text(Path.Combine("/sys/class/block", other), "loop/backing_file") == $"/dev/{name}");

    /// <summary>The disks below <c>/</c>: what it is mounted from, and what that stands on.</summary>
    private static HashSet<string> SystemDisks(MountTable mounts)
    {
        var disks = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (number, source) in mounts.Root())
        {
            var folder = LinuxDeviceFacts.FolderOf(number);
            if (folder is null && source.StartsWith("/dev/", StringComparison.Ordinal)) folder = Resolve(Path.Combine("/sys/class/block", Path.GetFileName(source)));
            if (folder is not null) AddDisks(folder, disks, 0);
        }

        return disks;
    }

    private static void AddDisks(string folder, HashSet<string> disks, int depth)
    {
        var disk = File.Exists(Path.Combine(folder, "partition")) ? Path.GetDirectoryName(folder)! : folder;
        disks.Add(disk);
        if (depth == MaxDepth) return;
        foreach (var below in Names(Path.Combine(folder, "slaves")))
        {
            if (Resolve(Path.Combine("/sys/class/block", below)) is { } found) AddDisks(found, disks, depth + 1);
        }
    }

    private static string? Resolve(string link) => Directory.Exists(link) ? Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link : null;

    private static IEnumerable<string> Names(string folder)
    {
        try
        {
            return [.. Directory.GetFileSystemEntries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
