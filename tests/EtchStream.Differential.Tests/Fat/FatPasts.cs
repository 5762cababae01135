using System.Globalization;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>What others did to a volume before it is our turn.</summary>
internal static class FatPasts
{
    /// <summary>mtools wrote a boot partition: names in one case are kept in short entries, some are in the way of the payload.</summary>
    public static void BootFiles(string volume)
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["CONFIG.JSO", "kernel8.img", "CmdLine.txt", "efi/boot/bootx64.efi", "efi/boot/grub.cfg", "overlays/other overlay.dtbo", "UPPER.TXT", "lower.txt", "no extension at all"])
        {
            var path = folder[$"tree/{name}"];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"{name} as it was, {new string('o', 7000)}");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_500_000_000));
        }

        FatDisk.Mtools("mcopy", ["-s", "-m", "-n", "-i", volume, .. Directory.GetFileSystemEntries(folder["tree"]), "::/"]).Succeeded();
    }

    /// <summary>mtools filled it, in the end with small files, and removed every other of these: what is free lies in single clusters.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="clusterSize">Its clusters' size.</param>
    /// <param name="holes">Clusters that are free in the end, or a few less.</param>
    public static void FillAndFragment(string volume, int clusterSize, int holes)
    {
        const int FilesInFolder = 200;
        using var folder = new TemporaryFolder();

        // The small files' folders take some clusters too.
        var small = Math.Min(holes * 2, (int)(Free(volume) / clusterSize * 4 / 5));
        using (var large = File.OpenHandle(folder["large"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.SetLength(large, Free(volume) - ((small + (((small / FilesInFolder) + 1) * (2 + (6400 / clusterSize))) + 4L) * clusterSize));
        FatDisk.Mtools("mcopy", "-n", "-i", volume, folder["large"], "::/").Succeeded();
        var names = new List<string>();
        for (var i = 0; i < small; i++)
        {
            var name = $"old{i / FilesInFolder}/{i}";
            Directory.CreateDirectory(folder[$"tree/old{i / FilesInFolder}"]);
            File.WriteAllBytes(folder[$"tree/{name}"], Enumerable.Repeat((byte)i, clusterSize).ToArray());
            names.Add($"::/{name}");
        }

        FatDisk.Mtools("mcopy", ["-s", "-n", "-i", volume, .. Directory.GetDirectories(folder["tree"]), "::/"]).Succeeded();
        FatDisk.Mtools("mdel", ["-i", volume, .. names.Where((_, i) => i % 2 == 1)]).Succeeded();
    }

    private static long Free(string volume)
    {
        var line = FatDisk.Mtools("mdir", "-i", volume, "::/").Succeeded().Output.Split('\n').Last(l => l.Contains("bytes free", StringComparison.Ordinal));
        return long.Parse(string.Concat(line.Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
    }
}
