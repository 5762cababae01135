using System.Text;
using EtchStream.Formats.Unix;

namespace EtchStream.TestKit.Engine;

internal sealed partial class EngineStoreReader
{
    private void ReadOverlay()
    {
        Add("overlay2", TreeManifest.ReadRoot(Overlay));
        var containers = ContainerFolders();
        foreach (var path in Directory.GetFileSystemEntries(Overlay))
        {
            var name = Path.GetFileName(path);
            if (name is "l" or "backingFsBlockDev" || containers.Contains(name)) continue;
            if (!_cacheIds.TryGetValue(name, out var chain)) Count("overlay2/(of no layer)");
            else ReadLayer($"overlay2/({chain})", path);
        }

        ReadLinks(Path.Combine(Overlay, "l"), containers);
    }

    private void ReadLayer(string name, string folder)
    {
        foreach (var entry in TreeManifest.ReadFlat(folder).Entries)
        {
            var last = TreeManifest.Key(entry.Path);
            var path = Path.Combine(folder, last);
            if (last == "diff") continue;
            if (last.Length > 0 && entry.Kind == FileKind.Directory)
            {
                foreach (var inner in TreeManifest.Read(path).Entries) Add($"{name}/{last}/{TreeManifest.Key(inner.Path)}".TrimEnd('/'), inner);
                continue;
            }

            Add($"{name}/{last}".TrimEnd('/'), entry);
            if (entry.Kind != FileKind.File) continue;
            if (last == "link") _facts.Add($"{name}/link: names", $"{Chain(_links, Text(path))}, {Form(Text(path), 26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}");
            else if (last == "lower") _facts.Add($"{name}/lower: names", string.Join(" : ", Text(path).Split(':').Select(ShowLower)));
            else _facts.Add($"{name}/{last}: content", TreeText.Show(File.ReadAllBytes(path)));
        }
    }

    private string ShowLower(string lower) =>
        lower.StartsWith("l/", StringComparison.Ordinal) ? $"l/({Chain(_links, lower[2..])})" : $"not a link: {TreeText.Show(Encoding.UTF8.GetBytes(lower))}";

    private void ReadLinks(string folder, HashSet<string> containers)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var entry in TreeManifest.ReadFlat(folder).Entries)
        {
            var name = TreeManifest.Key(entry.Path);
            if (name.Length == 0)
            {
                Add("overlay2/l", entry);
                continue;
            }

            var target = TreeManifest.Key(entry.LinkTarget ?? []);
            var cacheId = target.StartsWith("../", StringComparison.Ordinal) && target.EndsWith("/diff", StringComparison.Ordinal) ? target[3..^5] : "";
            if (containers.Contains(cacheId)) continue;
            if (!_links.TryGetValue(name, out var chain))
            {
                Count("overlay2/l/(of no layer)");
                continue;
            }

            Add($"overlay2/l/({chain})", entry);
            _facts.Add($"overlay2/l/({chain}): leads to", cacheId.Length == 0 ? target : $"../({Chain(_cacheIds, cacheId)})/diff");
        }
    }

    // Containers have folders in overlay2 that no layer of an image has.
    private HashSet<string> ContainerFolders()
    {
        var mounts = Path.Combine(Image, "layerdb", "mounts");
        if (!Directory.Exists(mounts)) return [];
        return [.. Directory.GetDirectories(mounts).SelectMany(folder => (string[])[Text(Path.Combine(folder, "mount-id")), Text(Path.Combine(folder, "init-id"))])];
    }
}
