using System.Text.Json;
using System.Text.Json.Nodes;
using EtchStream.Formats.Unix;

namespace EtchStream.TestKit.Engine;

internal sealed partial class EngineStoreReader
{
    private void ReadImages()
    {
        foreach (var entry in TreeManifest.Read(Image).Entries)
        {
            var path = TreeManifest.Key(entry.Path);
            if (IsLeftOut(path)) continue;
            var name = path.Length == 0 ? "image/overlay2" : $"image/overlay2/{path}";
            Add(name, entry);
            if (entry.Kind == FileKind.File) ReadFile(name, Path.Combine(Image, path));
        }
    }

    private static bool IsLeftOut(string path) =>
        path is "layerdb/mounts" or "layerdb/tmp" || path.StartsWith("layerdb/mounts/", StringComparison.Ordinal) || path.StartsWith("layerdb/tmp/", StringComparison.Ordinal)
        || path.StartsWith("imagedb/metadata/sha256/", StringComparison.Ordinal);

    private void ReadFile(string name, string file)
    {
        var last = Path.GetFileName(name);
        if (last == "tar-split.json.gz") return;
        if (last == "cache-id")
        {
            _facts.Add($"{name}: names", $"{Chain(_cacheIds, Text(file))}, {Form(Text(file), 64, "0123456789abcdef")}");
            return;
        }

        // Order and blanks of these are the engine's affair; what is in them is not.
        if (last != "repositories.json" && !name.Contains("/v2metadata-by-diffid/", StringComparison.Ordinal))
        {
            _facts.Add($"{name}: content", TreeText.Show(File.ReadAllBytes(file)) + (new FileInfo(file).Length > 160 ? $" {Digest(file)}" : ""));
            return;
        }

        var lines = new List<string>();
        try
        {
            Flatten("", JsonNode.Parse(File.ReadAllBytes(file)), lines);
        }
        catch (JsonException error)
        {
            lines.Add($"broken: {error.Message}");
        }

        foreach (var line in lines) _facts.TryAdd($"{name}: has {line}", "yes");
    }

    private static void Flatten(string path, JsonNode? node, List<string> lines)
    {
        if (node is JsonObject { Count: > 0 } o)
        {
            foreach (var (key, value) in o) Flatten($"{path}/{key}", value, lines);
        }
        else if (node is JsonArray { Count: > 0 } a)
        {
            // In the order of the pulls.
            foreach (var value in a) lines.Add($"{path}[] = {value?.ToJsonString()}");
        }
        else
        {
            lines.Add($"{path} = {node?.ToJsonString() ?? "null"}");
        }
    }
}
