using System.Globalization;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>What the kernel says in sysfs of one block device (sysfs-block(5), Documentation/ABI/stable/sysfs-block).</summary>
internal sealed class LinuxDeviceFacts
{
    /// <summary>sysfs counts in these, whatever the device's own sectors are.</summary>
    private const int SysfsSector = 512;

    /// <summary>Where the kernel lists block devices by number.</summary>
    private const string ByNumber = "/sys/dev/block";

    private LinuxDeviceFacts(string path, string number, string folder)
    {
        Path = path;
        Number = number;
        Folder = folder;
    }

    /// <summary>The device as the user named it.</summary>
    public string Path { get; }

    /// <summary>Its number, <c>major:minor</c>.</summary>
    public string Number { get; }

    /// <summary>Its folder in sysfs; it may be missing, where sysfs is not mounted.</summary>
    public string Folder { get; }

    /// <summary>The kernel's name for it: <c>sdb</c>, <c>sdb1</c>, <c>dm-0</c>.</summary>
    public string Name => System.IO.Path.GetFileName(Folder);

    /// <summary>Whether it is a part of a disk.</summary>
    public bool IsPartition => File.Exists(System.IO.Path.Combine(Folder, "partition"));

    /// <summary>The folder of the disk that it is, or is a part of.</summary>
    public string DiskFolder => IsPartition ? System.IO.Path.GetDirectoryName(Folder)! : Folder;

    /// <summary>Whether the kernel takes no writes for it.</summary>
    public bool IsReadOnly => Text("ro") == "1";

    /// <summary>The folders of its partitions.</summary>
    public IReadOnlyList<string> PartitionFolders =>
        Directory.Exists(Folder) ? [.. Directory.GetDirectories(Folder).Where(f => File.Exists(System.IO.Path.Combine(f, "partition"))).Order(StringComparer.Ordinal)] : [];

    /// <summary>Looks a device up.</summary>
    public static LinuxDeviceFacts Read(string path, uint major, uint minor)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}");
        return new LinuxDeviceFacts(path, number, FolderOf(number) ?? System.IO.Path.Combine(ByNumber, number));
    }

    /// <summary>The folder of a device by its number; null where there is no such block device.</summary>
    public static string? FolderOf(string number)
    {
        var link = System.IO.Path.Combine(ByNumber, number);
        return Directory.Exists(link) ? Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link : null;
    }

    /// <summary>The first line of an attribute, null where there is none.</summary>
    public static string? Text(string folder, string attribute)
    {
        try
        {
            return File.ReadLines(System.IO.Path.Combine(folder, attribute)).FirstOrDefault()?.Trim() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What is shown to a person.</summary>
    public BlockDeviceInfo Describe()
    {
        var disk = DiskFolder;
        var maker = Text(disk, "device/vendor");
        var model = Text(disk, "device/model") ?? Text(disk, "device/name") ?? Text(disk, "dm/name") ?? Text(disk, "loop/backing_file");
        return new BlockDeviceInfo
        {
            Path = Path,
            Model = maker is null || maker.StartsWith("0x", StringComparison.Ordinal) ? model : $"{maker} {model}".TrimEnd(),
            Serial = Text(disk, "device/serial") ?? Text(disk, "serial"),
            Size = long.TryParse(Text("size"), CultureInfo.InvariantCulture, out var sectors) ? sectors * SysfsSector : 0,
            IsPartition = IsPartition,
            IsRemovable = Text(disk, "removable") == "1",
            Partitions = [.. PartitionFolders.Select(f => System.IO.Path.GetFileName(f))],
        };
    }

    private string? Text(string attribute) => Text(Folder, attribute);
}
