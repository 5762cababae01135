using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Archive;
using EtchStream.Formats;
using Xunit;

namespace EtchStream.Tests.Archive;

/// <summary>What the manifest says of container images, their layers and services.</summary>
public sealed class ManifestContainersTests
{
    private static readonly string Id = "sha256:" + new string('a', 64);

    private static ArchiveManifest Sample => new()
    {
        Image = new ManifestImage { Name = "disk.img", Size = 1 },
        Containers = [new ManifestContainer { ImageId = Id, Names = ["app:1", "é"], Layers = [Id] }, new ManifestContainer { ImageId = Id, Names = [], Layers = [] }],
        Layers =
        [
            new ManifestLayer { ChainId = Id, DiffId = Id, CacheId = new string('b', 64), Link = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
            new ManifestLayer { ChainId = Id, DiffId = Id, Parent = Id, CacheId = "c", Link = "D", IsReused = true },
        ],
        Apps = [new ManifestService { App = "1", Image = "app:1" }, new ManifestService { App = "u", Release = "r", Service = "s", Image = "i" }],
    };

    [Fact]
    public void What_was_written_is_read_back()
    {
        var read = ArchiveManifest.Parse(Sample.ToBytes());
        Assert.Equal(Sample.ToBytes(), read.ToBytes());
        Assert.Equal(["app:1", "é"], read.Containers![0].Names);
        Assert.Equal((null, Id), (read.Layers![0].Parent, read.Layers[1].Parent));
        Assert.Equal((null, true), (read.Layers[0].IsReused, read.Layers[1].IsReused));
        Assert.Equal(("u", "r", "s", "i"), (read.Apps![1].App, read.Apps[1].Release, read.Apps[1].Service, read.Apps[1].Image));
        Assert.Null(read.Apps[0].Service);
    }

    [Fact]
    public void A_manifest_without_images_mentions_none_and_null_is_none()
    {
        var bytes = new ArchiveManifest { Image = new ManifestImage { Name = "disk.img", Size = 1 } }.ToBytes();
        var text = Encoding.UTF8.GetString(bytes);
        foreach (var member in (string[])["containers", "layers", "apps"])
        {
            Assert.DoesNotContain(member, text, StringComparison.Ordinal);
            var json = JsonNode.Parse(bytes)!.AsObject();
            json[member] = null;
            var read = ArchiveManifest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
            Assert.Null(read.Containers ?? (object?)read.Layers ?? read.Apps);
        }
    }

    [Theory]
    [InlineData("containers/0")]
    [InlineData("containers/0/imageId")]
    [InlineData("containers/0/names")]
    [InlineData("containers/0/names/1")]
    [InlineData("containers/0/layers")]
    [InlineData("containers/0/layers/0")]
    [InlineData("layers/1")]
    [InlineData("layers/0/chainId")]
    [InlineData("layers/0/diffId")]
    [InlineData("layers/0/cacheId")]
    [InlineData("layers/0/link")]
    [InlineData("apps/0")]
    [InlineData("apps/0/app")]
    [InlineData("apps/0/image")]
    public void A_null_or_another_kind_in_the_place_of_a_value_is_corrupt(string path)
    {
        foreach (var value in (string[])["null", "7", "{}"])
        {
            var json = JsonNode.Parse(Sample.ToBytes())!;
            var parts = path.Split('/');
            var parent = parts[..^1].Aggregate(json, (node, part) => int.TryParse(part, out var index) ? node[index]! : node[part]!);
            if (int.TryParse(parts[^1], out var last)) parent[last] = JsonNode.Parse(value);
            else parent[parts[^1]] = JsonNode.Parse(value);
            var error = Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
            Assert.StartsWith("manifest.json: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("chainId", "sha256:aa")]
    [InlineData("diffId", "")]
    [InlineData("parent", "sha512:aa")]
    [InlineData("cacheId", "../x")]
    [InlineData("cacheId", "")]
    [InlineData("link", "a/b")]
    [InlineData("link", "a\n")]
    public void A_layer_has_IDs_and_names_that_lead_nowhere_else(string member, string value)
    {
        var json = JsonNode.Parse(Sample.ToBytes())!;
        json["layers"]![1]![member] = value;
        Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }
}
