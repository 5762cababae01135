using System.IO.Compression;
using System.Text;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>A copy of the small store that can be changed.</summary>
internal sealed partial class StoreCopy
{
    private readonly SmallStore _small;
    private readonly string[] _chains;
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    public StoreCopy(SmallStore small)
    {
        _small = small;
        Root = small.Volume[Guid.NewGuid().ToString("N")];
        Directory.CreateDirectory(Root);
        HostTool.RunOk("cp", "-a", Path.Combine(small.Root, "image"), Path.Combine(small.Root, "overlay2"), Root);
        HostTool.RunOk("chmod", "--reference", small.Root, Root);
        _chains = [.. small.Image.Source!.ChainIds];
        for (var i = 0; i < 3; i++) _folders[$"{"ABC"[i]}"] = Path.Combine(Root, "overlay2", File.ReadAllText(Path.Combine(Db("ABC"[i]), "cache-id")));
    }

    public string Root { get; }

    private string Image => Path.Combine(Root, "image", "overlay2");

    private string Config => Path.Combine(Image, "imagedb", "content", "sha256", ImageHex);

    private string ImageHex => Oci.Digest.Sha256(_small.Image.Source!.Config).Hex;

    /// <summary>A line with short names: A, B and C are the layers, I the image, R the repository, M the manifest, F the base's blob.</summary>
    public string Abbreviate(string line)
    {
        for (var i = 0; i < 3; i++) line = line.Replace(_chains[i], $"{"ABC"[i]}", StringComparison.Ordinal).Replace(_chains[i][7..], $"{"ABC"[i]}", StringComparison.Ordinal);
        return line.Replace(ImageHex, "I", StringComparison.Ordinal).Replace(_small.Image.Repository, "R", StringComparison.Ordinal)
            .Replace(_small.Image.ManifestDigest, "M", StringComparison.Ordinal).Replace(_small.Image.Source!.Layers[0].Blob.Digest.Hex, "F", StringComparison.Ordinal);
    }

    /// <summary>Gives every layer another cache ID and link, as another pull would.</summary>
    public void RenameAll()
    {
        var links = new Dictionary<char, (string Old, string New)>();
        foreach (var layer in "ABC")
        {
            links[layer] = (File.ReadAllText(Overlay(layer, "link")), new string(layer, 26));
            var cacheId = new string(char.ToLowerInvariant(layer), 64);
            File.Delete(Path.Combine(Root, "overlay2", "l", links[layer].Old));
            File.CreateSymbolicLink(Path.Combine(Root, "overlay2", "l", links[layer].New), $"../{cacheId}/diff");
            File.WriteAllText(Overlay(layer, "link"), links[layer].New);
            File.WriteAllText(Path.Combine(Db(layer), "cache-id"), cacheId);
            var folder = Path.Combine(Root, "overlay2", cacheId);
            Directory.Move(_folders[$"{layer}"], folder);
            _folders[$"{layer}"] = folder;
        }

        foreach (var layer in "BC")
            File.WriteAllText(Overlay(layer, "lower"), links.Values.Aggregate(File.ReadAllText(Overlay(layer, "lower")), (text, link) => text.Replace(link.Old, link.New, StringComparison.Ordinal)));
        var repositories = Path.Combine(Image, "repositories.json");
        var (repository, image) = (_small.Image.Repository, ImageHex);
        File.WriteAllText(repositories, $$"""{ "Repositories": { "{{repository}}": { "{{_small.Image.ByDigest}}": "sha256:{{image}}", "{{_small.Image.ByTag}}": "sha256:{{image}}" } } }""");
    }

    private string Db(char layer) => Path.Combine(Image, "layerdb", "sha256", _chains[layer - 'A'][7..]);

    private string Overlay(char layer, string path = "") => Path.Combine(_folders[$"{layer}"], path);

    private string Diff(char layer, string path) => Overlay(layer, $"diff/{path}");

    private string Link(char layer) => Path.Combine(Root, "overlay2", "l", File.ReadAllText(Overlay(layer, "link")));

    private static void Edit(string file, Func<string, string> edit)
    {
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        var edited = edit(text);
        if (edited == text) throw new InvalidOperationException($"{file} stays as it is: {text}");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(edited));
    }

    private void EditSplit(Func<string, string> edit)
    {
        var file = Path.Combine(Db('A'), "tar-split.json.gz");
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress)) gzip.CopyTo(bytes);
        var text = Encoding.UTF8.GetString(bytes.ToArray());
        var edited = edit(text);
        if (edited == text) throw new InvalidOperationException($"tar-split stays as it is: {text}");
        using var output = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        output.Write(Encoding.UTF8.GetBytes(edited));
    }

    private static void Mode(string path, int mode) => HostTool.RunOk("chmod", $"{mode}", path);

    private static string Replace(string text, string old, string @new) => text.Replace(old, @new, StringComparison.Ordinal);
}
