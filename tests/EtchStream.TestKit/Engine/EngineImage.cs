using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Oci;
using EtchStream.TestKit.Registry;

namespace EtchStream.TestKit.Engine;

/// <summary>A test image made without any engine; the same in every run unless a tool wrote its layers.</summary>
/// <param name="Name">Its name as a sentence, unique among the test images.</param>
/// <param name="Layers">Layers, the base first.</param>
public sealed record EngineImage(string Name, params EngineLayer[] Layers)
{
    /// <summary>What moby 20.10 says when it refuses to pull it: a part of the message. Null where it accepts it.</summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// False where the engine accepts it but cannot put a layer's tar together again (<c>docker save</c> fails): the content it would
    /// need is not in the store under the entry's name.
    /// </summary>
    public bool IsReplayed { get; init; } = true;

    /// <summary>
    /// What <c>etchstream pack</c> exits with; 0 where it takes it. What an engine refuses is corrupt for us too, unless said otherwise.
    /// </summary>
    public int PackExitCode
    {
        get => _packExitCode ?? (Refusal is null ? 0 : 3);
        init => _packExitCode = value;
    }

    private readonly int? _packExitCode;

    /// <summary>True for Docker's media types, false for OCI's.</summary>
    public bool IsDocker { get; init; }

    /// <summary>The repository that it is pushed to: its name as far as a repository's can hold it, and a few digits that tell it from others.</summary>
    public string Repository
    {
        get
        {
            var text = new StringBuilder("t/");
            foreach (var c in Name.ToLowerInvariant())
            {
                if (char.IsAsciiLetterOrDigit(c)) text.Append(c);
                else if (text[^1] is not ('-' or '/')) text.Append('-');
            }

            return $"{text.ToString().TrimEnd('-', '/')}-{Digest.Sha256(Encoding.UTF8.GetBytes(Name)).Hex[..8]}";
        }
    }

    /// <summary>Chain IDs of the layers, the base first.</summary>
    public IReadOnlyList<string> ChainIds
    {
        get
        {
            var chains = new List<string>();
            foreach (var diff in Layers.Select(layer => layer.Tar.Digest.ToString()))
                chains.Add(chains.Count == 0 ? diff : Digest.Sha256(Encoding.ASCII.GetBytes($"{chains[^1]} {diff}")).ToString());
            return chains;
        }
    }

    /// <summary>The image config, with blanks that no serialiser would write again.</summary>
    public byte[] Config => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["created"] = "2024-01-02T03:04:05Z",
        ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/bin/sh"), ["Labels"] = new JsonObject { ["name"] = Name } },
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Array(layer => layer.Tar.Digest.ToString()) },
        ["history"] = Array(_ => new JsonObject { ["created"] = "2024-01-02T03:04:05Z", ["created_by"] = "by hand" }),
    }.ToJsonString().Replace("\"os\":", "\"os\" :  ", StringComparison.Ordinal));

    /// <summary>The manifest.</summary>
    public byte[] Manifest => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = ManifestType,
        ["config"] = TestImage.Descriptor(IsDocker ? MediaTypes.DockerConfig : MediaTypes.OciConfig, Config),
        ["layers"] = Array(layer => new JsonObject
        {
            ["mediaType"] = layer.MediaType,
            ["size"] = layer.Blob.Length,
            ["digest"] = layer.Blob.Digest.ToString(),
        }),
    }.ToJsonString());

    /// <summary>The manifest's media type.</summary>
    public string ManifestType => IsDocker ? MediaTypes.DockerManifest : MediaTypes.OciManifest;

    private JsonArray Array(Func<EngineLayer, JsonNode> one) => [.. Layers.Select(one)];
}
