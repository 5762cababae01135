using System.Collections.Concurrent;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What our program makes of images, against what a real engine makes of them.</summary>
[Collection(EngineCollection.Name)]
public sealed class PackedStoreTests(EngineFixture fixture)
{
    private const int LayerPrefix = 73; // "sha256:", the digits, ": "

    // What the disk has already keeps its mode, which is not the engine's.
    private static readonly string[] Existing = ["data root should be ", "image should be ", "image/overlay2 should be "];

    // Later entries win where the engine refuses a name that comes twice, and what later engines take is taken.
    private static readonly string[] PackedAnyway =
    [
        "root entry in two spellings", "same file twice", "same file twice with the same content", "same file in two spellings", "same file by way of dot-dot",
        "same folder twice", "folder replaced by a file", "file replaced by a folder", "symlink replaced by a folder", "hard link over a file",
        "symlink over a folder by its absolute name", "an xattr beyond what the file system takes", "type 37", "type 53", "type 56",
        "two global headers of one name", "gzip layer with zeros behind", "OCI zstd layer",
    ];

    private static readonly string[] Unsupported = ["a name too long for a file system", "type 44", "type 4d", "type 41", "type 5a", "type 73"];

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task A_packed_store_is_the_one_that_an_engine_pulls()
    {
        var pulled = await fixture.PulledAsync();
        using var packed = PackedStore.Make(pulled.Together.Accepted.SelectMany(image => (string[])["--container", image.ByTag]));
        var (ours, theirs) = (EngineStore.Read(packed.DataRoot), EngineStore.Read(pulled.Together.Path));
        Assert.InRange(ours.Layers.Count, 120, 1000);

        var names = OddImages.All.DistinctBy(image => image.Layers[0].Tar.Digest).ToDictionary(image => image.Layers[0].Tar.Digest.ToString(), image => image.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var line in EngineStoreComparison.Compare(ours, theirs))
        {
            if (Existing.Any(start => line.StartsWith(start, StringComparison.Ordinal))) continue;
            if (IsOfUnfetchedBlob(line, packed.DataRoot, pulled.Together.Path)) continue;
            if (line.StartsWith("sha256:", StringComparison.Ordinal) && theirs.Layers.TryGetValue(line[..(LayerPrefix - 2)], out var layer)
                && names.TryGetValue(layer.DiffId, out var name) && PackedDifferences.All.TryGetValue(name, out var allowed))
            {
                seen.Add(name);
                if (Array.Exists(allowed, start => line[LayerPrefix..].StartsWith(start, StringComparison.Ordinal))) continue;
                wrong.Add($"'{name}': {line[LayerPrefix..]}");
                continue;
            }

            wrong.Add(line);
        }

        Nothing.Wrong("differences", wrong);
        Nothing.Wrong("differences on purpose that are none", [.. PackedDifferences.All.Keys.Except(seen)]);
    }

    // The same tar in several blobs: the engine notes what the images say, without fetching them all. We note what was fetched.
    private static bool IsOfUnfetchedBlob(string line, string ours, string theirs)
    {
        const string ByBlob = "image/overlay2/distribution/diffid-by-digest/sha256/", ByDiff = "image/overlay2/distribution/v2metadata-by-diffid/sha256/";
        const string Marker = "\"Digest\":\"sha256:";
        const int Hex = 64;
        string diff, blob;
        if (line.StartsWith(ByBlob, StringComparison.Ordinal))
        {
            blob = line[ByBlob.Length..][..Hex];
            diff = File.ReadAllText(Path.Combine(theirs, ByBlob, blob))["sha256:".Length..];
        }
        else if (line.StartsWith(ByDiff, StringComparison.Ordinal) && line.IndexOf(Marker, StringComparison.Ordinal) is >= 0 and var at)
        {
            diff = line[ByDiff.Length..][..Hex];
            blob = line[(at + Marker.Length)..][..Hex];
        }
        else
        {
            return false;
        }

        return File.Exists(Path.Combine(ours, ByDiff, diff)) && !File.Exists(Path.Combine(ours, ByBlob, blob));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task Every_layer_can_be_rebuilt_but_those_that_give_a_file_twice()
    {
        var pulled = await fixture.PulledAsync();
        using var packed = PackedStore.Make(pulled.Together.Accepted.SelectMany(image => (string[])["--container", image.ByTag]), gpt: true);
        var broken = EngineStore.Read(packed.DataRoot).NotReplayed().Select(line => line[..(LayerPrefix - 2)]).ToList();
        var told = packed.Told.Split('\n').Where(line => line.Contains("gives a file twice", StringComparison.Ordinal)).ToList();
        Assert.Equal(told.Count, broken.Count);
        Assert.InRange(broken.Count, 1, 10);
        var store = EngineStore.Read(packed.DataRoot);
        Assert.All(broken, chain => Assert.Contains(told, line => line.Contains(store.Layers[chain].DiffId, StringComparison.Ordinal)));
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task What_no_engine_takes_is_refused_in_one_line_with_its_exit_code()
    {
        var pulled = await fixture.PulledAsync();
        using var folder = new TemporaryFolder();
        BalenaDisk.Make(folder["disk.img"], gpt: false, 32 << 20);
        var wrong = new ConcurrentBag<string>();
        var odd = pulled.Alone.Images.Where(image => !image.IsAccepted || OddImages.NotPacked.ContainsKey(image.Name));
        await Parallel.ForEachAsync(odd, new ParallelOptions { MaxDegreeOfParallelism = 2 }, (image, _) =>
        {
            var output = folder[$"{image.Repository[^8..]}.tar"];
            var result = OurCommandLine.Run("pack", "--image", folder["disk.img"], "--container", image.ByTag, "-o", output);
            var expected = OddImages.NotPacked.TryGetValue(image.Name, out var code) ? code : PackedAnyway.Contains(image.Name) ? 0 : Unsupported.Contains(image.Name) ? 4 : 3;
            if (result.ExitCode != expected) wrong.Add($"'{image}': exit code {result.ExitCode} instead of {expected}: {result.Error}");
            if (expected == 0) return ValueTask.CompletedTask;
            if (File.Exists(output)) wrong.Add($"'{image}': an archive was left behind");
            if (result.Error.TrimEnd('\n').Contains('\n')) wrong.Add($"'{image}': more than one line: {result.Error}");
            return ValueTask.CompletedTask;
        });
        Nothing.Wrong("images with an unexpected answer", [.. wrong]);
    }
}
