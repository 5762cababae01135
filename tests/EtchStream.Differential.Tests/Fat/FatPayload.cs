using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>Trees that are put into FAT partitions.</summary>
internal static class FatPayload
{
    private static readonly string[] Words = ["Überwachung", "Σύστημα", "настройки", "設定ファイル", "إعدادات", "הגדרות", "तंत्र", "ação", "naïve", "plain"];

    /// <summary>Makes a tree.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="files">Files with long names of all scripts in one folder.</param>
    /// <param name="clusterSize">Sizes are around it.</param>
    public static FatFiles Make(string folder, int files, int clusterSize)
    {
        var random = new Random(files);
        Write("config.json", 400);
        Write("KERNEL8.IMG", (3 * clusterSize) + 1);
        Write("cmdline.txt", 100);
        Write("EFI/BOOT/BOOTX64.EFI", 5 * clusterSize);
        Write("overlays/vc4-kms-v3d-pi4.dtbo", 3000);
        Write(".hidden", 5);
        Write("a.b.c.d", 5);
        Write("no extension at all", 0);
        Write("+=[];,.x,y", 7);
        Write("😀 beyond the first plane 𝒳.txt", 9);
        Write(new string('é', 100) + new string('x', 27), 1);
        for (var i = 0; i < 40; i++) Write($"sizes/{i}", (i % 4 * clusterSize) + (i % 7) - (i % 4 > 0 ? 3 : 0));
        for (var i = 0; i < 30; i++) Write($"deep/{string.Concat(Enumerable.Repeat("folder with a long name/", 1 + (i % 9)))}{i}.txt", i);
        for (var i = 0; i < files; i++)
        {
            var name = string.Join(' ', Enumerable.Range(0, 2 + (i % 9)).Select(k => Words[(i + (k * 3)) % Words.Length]));
            Write($"many/{name} {i}.конфиг", i % 50 == 0 ? clusterSize + 1 : i % 3);
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_000_000_000 + random.Next(1_000_000_000)));
        return FatFiles.OfFolder(folder);

        void Write(string name, int length)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var content = new byte[length];
            random.NextBytes(content);
            File.WriteAllBytes(path, content);
        }
    }

    /// <summary>Packs a tree for the partition.</summary>
    public static string Pack(string archive, string folder)
    {
        GnuTar.Pack(archive, folder, "inject/resin-boot");
        return archive;
    }
}
