using System.Globalization;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>A disk with one FAT partition, made by mkfs.vfat.</summary>
/// <param name="Image">The disk's image.</param>
/// <param name="Offset">First byte of the partition.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record FatDisk(string Image, long Offset, long Length)
{
    private static readonly Dictionary<string, string> Unicode = new(StringComparer.Ordinal) { ["LC_ALL"] = "C.UTF-8", ["MTOOLS_NO_VFAT"] = "0" };

    /// <summary>Makes the disk; <paramref name="past"/> works on the partition before it becomes one.</summary>
    public static FatDisk Make(string image, string options, long kibibytes, Action<string>? past = null)
    {
        var volume = $"{image}.volume";
        HostTool.RunOk("mkfs.vfat", ["--invariant", "-n", "resin-boot", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-C", volume, kibibytes.ToString(CultureInfo.InvariantCulture)]);
        past?.Invoke(volume);
        var spec = new PartitionSpec(1, 1 << 20, new FileInfo(volume).Length, 0x0e, "resin-boot");
        DiskImages.WriteMbr(image, spec.End + (1 << 20), spec);
        HostTool.RunOk("dd", $"if={volume}", $"of={image}", "bs=1M", "seek=1", "conv=notrunc,sparse", "status=none");
        File.Delete(volume);
        return new FatDisk(image, spec.Start, spec.Length);
    }

    /// <summary>Takes the partition out, into a file of its own.</summary>
    public string Extract(string target)
    {
        HostTool.RunOk("dd", $"if={Image}", $"of={target}", "bs=1M", "skip=1", "conv=sparse", "status=none");
        using var file = File.OpenHandle(target, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, Length);
        return target;
    }

    /// <summary>Runs one of mtools on a volume, in a locale that has all of Unicode.</summary>
    public static HostToolResult Mtools(string tool, params string[] arguments) =>
        HostTool.Run(new HostToolCall(tool, arguments) { Environment = Unicode });
}
