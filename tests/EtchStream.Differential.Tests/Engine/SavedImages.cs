using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>One image of an archive that <c>docker save</c> wrote.</summary>
/// <param name="ImageId">The digest of its config.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="DiffIds">What the config says of its layers.</param>
/// <param name="Layers">The digests of the layers' tars.</param>
internal sealed record SavedImage(string ImageId, IReadOnlyList<string> Tags, IReadOnlyList<string> DiffIds, IReadOnlyList<string> Layers)
{
    /// <summary>Reads an archive with tar; nothing of the project's own.</summary>
    public static IReadOnlyList<SavedImage> Read(string archive)
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("tar", "-x", "-f", archive, "-C", folder.FullPath);
        return [.. JsonNode.Parse(File.ReadAllText(folder["manifest.json"]))!.AsArray().Select(image => ReadImage(folder, image!))];
    }

    private static SavedImage ReadImage(TemporaryFolder folder, JsonNode image)
    {
        var config = File.ReadAllBytes(folder[(string)image["Config"]!]);
        return new SavedImage(
            Digest.Sha256(config).ToString(),
            Texts(image["RepoTags"]),
            Texts(JsonNode.Parse(Encoding.UTF8.GetString(config))!["rootfs"]!["diff_ids"]),
            [.. Texts(image["Layers"]).Select(path => Hash(folder[path]))]);
    }

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Digest.FromSha256(System.Security.Cryptography.SHA256.HashData(stream)).ToString();
    }

    private static IReadOnlyList<string> Texts(JsonNode? array) => [.. (array as JsonArray ?? []).Select(text => (string)text!)];
}
