using System.Text.Json.Nodes;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What our program makes of images is what the engine makes of them.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedStoreTests(EngineFixture fixture)
{
    private const int ChainLength = 71; // "sha256:" and the digits

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Images_packed_in_one_run_are_the_store_that_the_engine_pulls()
    {
        var (pulled, packed) = (await fixture.PulledAsync(), await fixture.PackedAsync());
        var theirs = EngineStore.Read(pulled.Together.Path);
        Assert.InRange(theirs.Layers.Count, 120, 1000);
        var meant = new PackedDifferencesSeen(pulled);
        var lines = EngineStoreComparison.Compare(packed.Together.Store, theirs)
            .Where(line => !line.StartsWith("sha256:", StringComparison.Ordinal) || !meant.Covers(theirs.Layers[line[..ChainLength]].DiffId, line[(ChainLength + 2)..]))
            .ToArray();

        // The engine downloads another blob of a tar that it holds already, and records where it was. Ours records what it has seen itself.
        var others = OtherBlobs(pulled.Together.Images);
        Assert.InRange(others.Length, 3, 20);
        Nothing.Wrong("differences", [.. lines.Except(others, StringComparer.Ordinal)]);
        Nothing.Wrong("differences that are none any more", [.. others.Except(lines, StringComparer.Ordinal), .. meant.Unseen]);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Each_hand_made_layer_is_the_engines_own_but_for_what_is_meant_to_differ()
    {
        var (pulled, packed) = (await fixture.PulledAsync(), await fixture.PackedAsync());
        var theirs = EngineStore.Read(pulled.Alone.Path);
        var wrong = new List<string>();
        var meant = new PackedDifferencesSeen(pulled);
        var compared = packed.Alone.Images.Where(image => image.IsAccepted).ToArray();
        Assert.InRange(compared.Length, 90, 200);
        foreach (var image in compared)
        {
            var layer = theirs.Layers[image.Source!.ChainIds[0]];
            var lines = EngineStoreComparison.Compare(packed.Alone.Store.Layers[layer.ChainId], layer);
            wrong.AddRange(lines.Where(line => !meant.Covers(layer.DiffId, line)).Select(line => $"'{image}': {line}"));
        }

        Nothing.Wrong("differences", wrong);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Every_tar_comes_out_of_its_layer_again_but_those_that_pack_warned_of()
    {
        var packed = await fixture.PackedAsync();
        foreach (var root in (PackedRoot[])[packed.Alone, packed.Together])
        {
            var warned = PackedImages.DiffIdsWarnedOf(root.Packed.Told);
            var broken = root.NotReplayed.Select(line => root.Store.Layers[line[..ChainLength]].DiffId).ToHashSet(StringComparer.Ordinal);
            Assert.InRange(broken.Count, 4, 20);
            Nothing.Wrong("layers not rebuilt without a warning", [.. root.NotReplayed.Where(line => !warned.Contains(root.Store.Layers[line[..ChainLength]].DiffId))]);

            // That both contents are the same is not looked at.
            var same = OddImages.All.Single(image => image.Name == "same file twice with the same content").Layers[0].Tar.Digest.ToString();
            Nothing.Wrong("warnings for nothing", [.. warned.Except(broken, StringComparer.Ordinal).Where(diffId => diffId != same)]);
        }
    }

    [ToolFact("dockerd", "docker-registry", "debootstrap", "mkfs.vfat", RequiresRoot = true)]
    public async Task A_Debian_is_the_store_that_the_engine_pulls()
    {
        var debian = await fixture.DebianAsync();
        using var packed = PackedStore.Make(PackedDisk.WithoutStore, ["--container", debian.Image.ByDigest]);
        Nothing.Wrong("differences", [.. EngineStoreComparison.Compare(packed.DataRoot, debian.Root)]);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", "mkfs.vfat", RequiresRoot = true)]
    public async Task Folders_of_the_engine_that_the_disk_has_keep_their_modes()
    {
        var pulled = await fixture.PulledAsync();
        using var packed = PackedStore.Make(PackedDisk.BalenaMbr, ["--container", pulled.Checked.ByTag]);
        using var own = PackedStore.Make(PackedDisk.WithoutStore, ["--container", pulled.Checked.ByTag]);
        string[] kept = ["data root", "image", "image/overlay2"];
        Assert.Equal(
            kept.Select(name => $"{name} should be Directory {(name == "data root" ? 710 : 700)} 0:0, is Directory 755 0:0"),
            EngineStoreComparison.Compare(packed.DataRoot, own.DataRoot));
    }

    // The lines that tell of all blobs but the one that is fetched for their tar.
    private static string[] OtherBlobs(IReadOnlyList<PushedImage> images)
    {
        const string Records = "image/overlay2/distribution/";
        var fetched = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = new HashSet<string>(StringComparer.Ordinal);
        foreach (var image in images.Where(image => image.Source is not null))
        {
            foreach (var layer in image.Source!.Layers)
            {
                var (tar, blob) = (layer.Tar.Digest, layer.Blob.Digest);
                if (fetched.TryAdd(tar.ToString(), blob.ToString()) || fetched[tar.ToString()] == blob.ToString()) continue;
                lines.Add($"{Records}diffid-by-digest/sha256/{blob.Hex} is missing");
                lines.Add($"{Records}diffid-by-digest/sha256/{blob.Hex}: content is missing");
                var record = new JsonObject { ["Digest"] = blob.ToString(), ["SourceRepository"] = image.Repository, ["HMAC"] = "" };
                lines.Add($"{Records}v2metadata-by-diffid/sha256/{tar.Hex}: has [] = {record.ToJsonString()} is missing");
            }
        }

        return [.. lines];
    }
}
