using System.Security.Cryptography;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>The files of a tree with what FAT keeps of them: content, time of the last write in even seconds, and folders.</summary>
internal sealed class FatFiles
{
    /// <summary>By path; a folder ends with a slash and has no content. As FAT, it does not look at the case of ASCII letters.</summary>
    public SortedDictionary<string, string> Entries { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a folder of the host.</summary>
    public static FatFiles OfFolder(string folder)
    {
        var files = new FatFiles();
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path);
            if (Directory.Exists(path)) files.Entries.Add($"{name}/", "");
            else files.Entries.Add(name, Describe(path));
        }

        return files;
    }

    /// <summary>Reads a volume through mtools.</summary>
    public static FatFiles OfMtools(string volume)
    {
        using var folder = new TemporaryFolder();
        var result = FatDisk.Mtools("mcopy", "-s", "-n", "-m", "-i", volume, "::/", $"{folder.FullPath}/").Succeeded();
        if (result.Error.Length > 0) throw new InvalidOperationException($"{result.CommandLine}: {result.Error}");
        return OfFolder(folder.FullPath);
    }

    /// <summary>Reads a volume through the kernel.</summary>
    public static FatFiles OfKernel(string volume)
    {
        using var folder = new TemporaryFolder();
        VfatKernel.Run(volume, folder, "tar -cf /mnt/h/kernel.tar .");
        var tree = folder.MakeFolder("tree");
        HostTool.Run(new HostToolCall("tar", "-xf", folder["kernel.tar"], "-C", tree) { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "C.UTF-8" } }).Succeeded();
        return OfFolder(tree);
    }

    /// <summary>These files with others over them, which keep the names that are there.</summary>
    public FatFiles With(FatFiles others)
    {
        var all = new FatFiles();
        foreach (var (path, content) in Entries) all.Entries.Add(path, content);
        foreach (var (path, content) in others.Entries) all.Entries[path] = content;
        return all;
    }

    /// <summary>mtools has two underscores for a letter beyond the first 65536.</summary>
    public FatFiles AsMtoolsNames()
    {
        var all = new FatFiles();
        foreach (var (path, content) in Entries) all.Entries.Add(string.Concat(path.Select(c => char.IsSurrogate(c) ? '_' : c)), content);
        return all;
    }

    /// <summary>What differs, a line each.</summary>
    public IEnumerable<string> Compare(FatFiles found)
    {
        foreach (var (path, content) in Entries)
        {
            if (!found.Entries.TryGetValue(path, out var other)) yield return $"{path} is missing";
            else if (!string.Equals(content, other, StringComparison.Ordinal)) yield return $"{path} is {other}, not {content}";
        }

        foreach (var path in found.Entries.Keys.Where(path => !Entries.ContainsKey(path))) yield return $"{path} should not be there";
        var names = Entries.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var path in found.Entries.Keys.Where(path => Entries.ContainsKey(path) && !names.Contains(path))) yield return $"{path} has its name in another case";
    }

    private static string Describe(string path)
    {
        using var stream = File.OpenRead(path);
        var seconds = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero).ToUnixTimeSeconds();
        return $"{stream.Length} bytes, {Convert.ToHexString(SHA256.HashData(stream), 0, 8)}, {seconds - (seconds % 2)}";
    }
}
