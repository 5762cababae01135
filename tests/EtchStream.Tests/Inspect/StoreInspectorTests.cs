using System.Text;
using System.Text.Json;
using EtchStream.Formats.IO;
using EtchStream.Inspect;
using EtchStream.Oci;
using EtchStream.TestKit;
using EtchStream.Tests.Balena;
using Xunit;

namespace EtchStream.Tests.Inspect;

/// <summary>Stores made by hand, good, broken and hostile, in file systems that mke2fs made. What a real engine makes is looked at beside a real engine.</summary>
public sealed class StoreInspectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _tree;
    private readonly HandMadeStore _store;

    public StoreInspectorTests()
    {
        _tree = _folder.MakeFolder("tree");
        _store = new HandMadeStore(Path.Combine(_tree, "docker"));
    }

    public void Dispose() => _folder.Dispose();

    [ToolFact("mke2fs")]
    public void Images_layers_and_sums_are_told()
    {
        var a = _store.Add(["app:1", "app:latest", "app@" + AppsSamples.Digest], "1000 base", "200 middle", "30 top");
        var b = _store.Add(["another:1"], "1000 base", "4 other");
        var unnamed = _store.Add([], "1000 base", "200 middle");
        Directory.CreateDirectory(_store.LayerOf("sha256:" + new string('f', 64)));

        var store = Inspect().Store!;
        Assert.Equal("/docker", store.Root);
        Assert.Empty(store.Problems);
        Assert.Equal([b, a, unnamed], store.Images.Select(i => i.ImageId));
        Assert.Equal([1004L, 1230L, 1200L], store.Images.Select(i => i.Size));
        Assert.Equal(["app:1", "app:latest"], store.Images[1].Tags);
        Assert.Equal(["app@" + AppsSamples.Digest], store.Images[1].Digests);
        Assert.Equal("linux/arm64", store.Images[1].Platform);
        Assert.Equal([(1000L, 3), (4L, 1), (200L, 2), (30L, 1)], store.Layers.Select(l => (l.Size!.Value, l.Images)));
        Assert.Equal((1234L, 3434L, 1), (store.Bytes, store.ImageBytes, store.UnusedLayers));
        Assert.Equal(store.Images[1].Layers, [store.Layers[0].ChainId, store.Layers[2].ChainId, store.Layers[3].ChainId]);

        var report = Report();
        var text = InspectText.Format(report);
        Assert.Contains("engine /docker on the whole image: 3 images, 4 layers, 1.2 KiB, where the images add up to 3.4 KiB\n", text, StringComparison.Ordinal);
        Assert.Contains($"{a[7..19]}  1.2 KiB  3       app:1 app:latest app@{AppsSamples.Digest}\n", text, StringComparison.Ordinal);
        Assert.Contains("1 layer more of no image\n", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(1230, json.RootElement.GetProperty("image").GetProperty("fileSystem").GetProperty("store").GetProperty("images")[1].GetProperty("size").GetInt64());
    }

    [ToolFact("mke2fs")]
    public void What_is_broken_is_told_and_the_rest_listed()
    {
        var good = _store.Add(["good:1"], "10 good");
        var noLayer = _store.Add(["no-layer:1"], "10 good", "20 gone");
        var noSize = _store.Add(["no-size:1"], "x size");
        var otherDiff = _store.Add(["other-diff:1"], "5 other");
        var noConfig = _store.Add(["no-config:1"], "10 good", "1 no config");
        var changed = _store.Add(["changed:1"], "10 good", "2 changed");
        _store.Name("nothing:1", "sha256:" + new string('e', 64));
        _store.Name("nonsense:1", "nonsense");
        Directory.Delete(_store.LayerOf(ChainOf("10 good", "20 gone")), recursive: true);
        File.WriteAllText(Path.Combine(_store.LayerOf(ChainOf("5 other")), "diff"), AppsSamples.Digest);
        File.Delete(_store.ConfigOf(noConfig));
        File.AppendAllText(_store.ConfigOf(changed), " ");
        File.WriteAllText(Path.Combine(_store.Metadata, "imagedb/content/sha256/README"), "");

        var store = Inspect().Store!;
        Assert.Equal([good, noLayer, noSize, otherDiff], store.Images.Select(i => i.ImageId));
        Assert.Equal([10L, null, null, 5L], store.Images.Select(i => i.Size));
        Assert.Equal((15L, 25L), (store.Bytes, store.ImageBytes));
        foreach (var (expected, id) in ((string, string)[])[("has the layer", noLayer), ("has no size", ""), ("its image says", ""), ("no-config:1 leads to the image", noConfig), ("sha256", changed),
            ("nothing:1 leads to the image", "eee"), ("leads to nonsense, which is no image's ID", "nonsense:1"), ("imagedb has README", "")])
            Assert.Single(store.Problems, p => p.Contains(expected, StringComparison.Ordinal) && p.Contains(id, StringComparison.Ordinal) && !(expected == "sha256" && p.Contains("leads", StringComparison.Ordinal)) && !(expected == "sha256" && p.Contains("layer", StringComparison.Ordinal)));
        Assert.Equal(8, store.Problems.Count);
    }

    [ToolTheory("mke2fs")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"Repositories":[]}""")]
    [InlineData("""{"repositories":{} }""")]
    public void A_list_of_names_that_is_broken_leaves_the_images(string names)
    {
        var id = _store.Add(["app:1"], "10 layer");
        File.WriteAllText(_store.Names, names);
        var store = Inspect().Store!;
        Assert.Equal(id, Assert.Single(store.Images).ImageId);
        Assert.Contains("repositories.json", Assert.Single(store.Problems), StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public void Another_storage_driver_is_named()
    {
        Directory.Move(_store.Metadata, Path.Combine(_tree, "docker/image/btrfs"));
        var report = Inspect();
        Assert.Null(report.Store);
        Assert.Contains("btrfs", report.ContentProblem, StringComparison.Ordinal);
        Assert.Contains("btrfs", InspectText.Format(Report()), StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public void Names_steer_no_terminal()
    {
        _store.Add(["evil\u001b[2J:1\n", "evil\u009b31m:2"], "10 layer");
        _store.Name("evil:\u2028", "\r\u001b[1A");
        var text = InspectText.Format(Report());
        Assert.Contains("evil\\x1b[2J:1\\x0a evil\\x9b31m:2", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, c => c != '\n' && (char.IsControl(c) || c == '\u2028'));
    }

    [ToolFact("mke2fs")]
    public void Sizes_that_cannot_be_do_not_overflow()
    {
        _store.Add(["a:1"], "9223372036854775807 huge", $"{1L << 50} large", $"{1L << 50} too", "-1 less", "99999999999999999999 more");
        var store = Inspect().Store!;
        Assert.Equal(3, store.Problems.Count);
        Assert.Equal(1L << 51, store.Bytes);
        Assert.Null(store.Images[0].Size);
    }

    [ToolFact("mke2fs", "mount", RequiresRoot = true)]
    public void A_hundred_thousand_entries_are_no_trouble()
    {
        const int Many = 100_000;
        var image = Ext4Image.Make(_folder["many.img"], 0, 1L << 30, "-t", "ext4", "-N", "262144");
        string id;
        using (var mount = LoopMount.Open(image, readOnly: false))
        {
            var store = new HandMadeStore(Path.Combine(mount.Path, "docker"));
            id = store.Add(["app:1"], [.. Enumerable.Range(0, 120).Select(i => $"{i} layer")]);
            for (var i = 0; i < Many; i++)
            {
                File.Create(Path.Combine(store.Metadata, $"imagedb/content/sha256/x{i}")).Dispose();
                File.Create(store.LayerOf($"sha256:{i:x64}")).Dispose();
            }
        }

        using var disk = FileDisk.OpenRead(image.Path);
        var reader = new CountedReader(disk);
        var found = ImageInspector.Inspect(reader).FileSystem!.Store!;
        Assert.Equal(id, Assert.Single(found.Images).ImageId);
        Assert.Equal(119 * 60, found.Images[0].Size);
        Assert.Equal(Many, found.UnusedLayers);
        Assert.Equal(49, found.Problems.Count);
        Assert.Equal($"and {Many - 48} more", found.Problems[^1]);

        // The two large folders have some 12 MB, which were read for each of the layers if they were not remembered.
        Assert.InRange(reader.BytesRead, 10 << 20, 200 << 20);
    }

    [ToolFact("mke2fs", "mount", RequiresRoot = true)]
    public void Of_more_images_than_are_looked_at_those_with_names_come_first()
    {
        var image = Ext4Image.Make(_folder["many.img"], 0, 256 << 20, "-t", "ext4", "-N", "32768");
        string id;
        using (var mount = LoopMount.Open(image, readOnly: false))
        {
            var store = new HandMadeStore(Path.Combine(mount.Path, "docker"));
            for (var i = 0; i < 10_010; i++) File.Create(store.ConfigOf($"sha256:{i:x64}")).Dispose();
            id = store.Add(["app:1"], "10 layer");
        }

        using var disk = FileDisk.OpenRead(image.Path);
        var found = ImageInspector.Inspect(disk).FileSystem!.Store!;
        Assert.Equal(id, Assert.Single(found.Images).ImageId);
        Assert.StartsWith("it has 10011 images, of which 10000 were looked at", found.Problems[0], StringComparison.Ordinal);
        Assert.Equal((50, "and 9951 more"), (found.Problems.Count, found.Problems[^1]));
    }

    [ToolFact("mke2fs")]
    public void Services_are_told_with_their_images()
    {
        var id = _store.Add(["registry2.balena-cloud.com/v2/abc@" + AppsSamples.Digest, "alpine:latest"], "10 layer");
        File.WriteAllText(Apps, AppsSamples.V3);
        var apps = Inspect().Apps!;
        Assert.Equal(("v3", null), (apps.Form, apps.Problem));
        var service = Assert.Single(apps.Services);
        Assert.Equal((AppsSamples.Uuid, "My fleet", AppsSamples.Commit, "main"), (service.App, service.AppName, service.Release, service.Service));
        Assert.Equal((id, "registry2.balena-cloud.com/v2/abc@" + AppsSamples.Digest, false), (service.ImageId, service.StoreName, service.IsMissing));
        Assert.Contains($"{AppsSamples.Uuid}  {AppsSamples.Commit}  main     {id[7..19]}  registry2.balena-cloud.com/v2/abc@{AppsSamples.Digest}\n", InspectText.Format(Report()), StringComparison.Ordinal);

        // A tag beside the digest does not count, and Docker Hub's long names are the short ones.
        File.WriteAllText(Apps, AppsSamples.V3.Replace("abc@", "abc:tag@", StringComparison.Ordinal));
        Assert.Equal(id, Inspect().Apps!.Services[0].ImageId);
        File.WriteAllText(Apps, AppsSamples.V2.Replace($"registry2.balena-cloud.com/v2/abc@{AppsSamples.Digest}", "docker.io/library/alpine", StringComparison.Ordinal));
        Assert.Equal(("alpine:latest", id), (Inspect().Apps!.Services[0].StoreName, Inspect().Apps!.Services[0].ImageId));

        // v1 names an image that is not there.
        File.WriteAllText(Apps, AppsSamples.V1);
        apps = Inspect().Apps!;
        Assert.Equal(("v1", true, null), (apps.Form, apps.Services[0].IsMissing, apps.Services[0].ImageId));
        Assert.Contains("apps.json (v1) on the whole image: 1 service, 1 without an image in the store\n", InspectText.Format(Report()), StringComparison.Ordinal);

        // The name leads to an image that is gone.
        File.WriteAllText(Apps, AppsSamples.V3);
        File.Delete(_store.ConfigOf(id));
        service = Inspect().Apps!.Services[0];
        Assert.Equal((id, true), (service.ImageId, service.IsMissing));

        Directory.Delete(Path.Combine(_tree, "docker"), recursive: true);
        Assert.True(Inspect().Apps!.Services[0].IsMissing);
        Assert.Null(Inspect().Store);
    }

    [ToolFact("mke2fs")]
    public void An_apps_json_that_is_none_says_why()
    {
        File.WriteAllText(Apps, "{");
        Assert.Contains("not valid JSON", Inspect().Apps!.Problem, StringComparison.Ordinal);
        File.WriteAllText(Apps, "{\"" + new string('d', 32) + "\":" + AppsSamples.V3 + "}");
        Assert.Contains("wrapper", Inspect().Apps!.Problem, StringComparison.Ordinal);
        File.WriteAllText(Apps, AppsSamples.V3.Replace("\"main\"", "\"ma\\u001b[31min\"", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", InspectText.Format(Report()), StringComparison.Ordinal);
        using (var file = File.OpenHandle(Apps, FileMode.Create, FileAccess.ReadWrite)) RandomAccess.SetLength(file, 100 << 20);
        Assert.Contains("104857600 bytes", Inspect(256 << 20).Apps!.Problem, StringComparison.Ordinal);
        Assert.Contains("apps.json: ", InspectText.Format(Report(256 << 20)), StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public void A_broken_file_system_is_reported_and_nothing_thrown()
    {
        _store.Add(["app:1"], "10 layer");
        HandMadeStore.MakeDisk(_folder["whole.img"], _tree);
        var whole = File.ReadAllBytes(_folder["whole.img"]);
        var random = new Random(3);
        var problems = 0;
        for (var i = 0; i < 300; i++)
        {
            // Where the inodes and folders are.
            var copy = (byte[])whole.Clone();
            for (var flip = 0; flip < 200; flip++) copy[random.Next(2048, 3 << 20)] ^= (byte)(1 << random.Next(8));
            var report = ImageInspector.Inspect(new MemoryDisk(copy)).FileSystem!;
            if (report.Problem is not null || report.ContentProblem is not null || report.Store is not { Problems: [] }) problems++;
        }

        Assert.True(problems > 100, $"{problems}");
    }

    private string Apps => Path.Combine(_tree, "apps.json");

    private static string ChainOf(params string[] layers) => ChainId.Compute([.. layers.Select(l => new DiffId(Digest.Sha256(Encoding.UTF8.GetBytes(l))))])[^1].ToString();

    private FileSystemReport Inspect(long length = 32 << 20) => Report(length).Image!.FileSystem!;

    private InspectReport Report(long length = 32 << 20)
    {
        File.Delete(_folder["disk.img"]);
        HandMadeStore.MakeDisk(_folder["disk.img"], _tree, length);
        using var disk = FileDisk.OpenRead(_folder["disk.img"]);
        return new InspectReport { Name = "disk.img", Image = ImageInspector.Inspect(disk) };
    }

    private sealed class CountedReader(IRandomReader inner) : IRandomReader
    {
        public long BytesRead { get; private set; }

        public long Length => inner.Length;

        public void Read(long offset, Span<byte> buffer)
        {
            BytesRead += buffer.Length;
            inner.Read(offset, buffer);
        }
    }
}
