using System.Text.Json.Nodes;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;
using Xunit;
using EngineLayer = EtchStream.TestKit.Engine.EngineLayer;

namespace EtchStream.Differential.Tests.Engine;

/// <summary><c>check</c> passes a stock image, whose store a real engine filled, and a preloaded one; and it finds each of many defects planted in that.</summary>
[Collection(EngineCollection.Name)]
public sealed class CheckCommandTests(CheckedDisk disks) : IClassFixture<CheckedDisk>
{
    /// <summary>The defect, and what has to be said of it.</summary>
    public static TheoryData<string, string> Defects => new()
    {
        { "missing files of a layer", "has no files" },
        { "flipped byte in a layer's file", "its file etc/who has another content" },
        { "file of a layer missing", "its file etc/who is missing" },
        { "file of a layer longer", "its file etc/who has 5 bytes among its files, where the layer had 4" },
        { "lower in the wrong order", "in the wrong order" },
        { "lower missing", "does not say which layers it lies on" },
        { "lower of other layers", "lists other layers" },
        { "lower of a base", "is a base" },
        { "name of no image", "which is not there" },
        { "list of images that is no JSON", "repositories.json: it is not JSON" },
        { "image without its config", "which is not there" },
        { "image with another config", "sha256" },
        { "layer without its entry", "has the layer" },
        { "cache ID of nothing", "has no files" },
        { "cache ID that is none", "has no cache ID" },
        { "another parent", "is said to lie on" },
        { "another diff ID", "is said to have the diff ID" },
        { "size that is none", "has no size" },
        { "link that is none", "has no link" },
        { "link missing", "leads to nothing" },
        { "link to another layer", "and not to its files" },
        { "tar-split missing", "no tar-split.json.gz" },
        { "tar-split truncated", "tar-split" },
        { "apps.json of an old form", "the device's supervisor is of version 14" },
        { "apps.json with an image that is not there", "is not in the engine's store under that name" },
        { "apps.json that breaks a rule", "drops the whole file" },
        { "apps.json with its wrapper", "whose wrapper" },
        { "configuration that is no JSON", "config.json is not JSON" },
        { "device type that is no JSON", "device-type.json" },
        { "supervisor that is not there", "the supervisor that supervisor.conf names" },
        { "free blocks of the data partition", "free blocks" },
        { "link count on the data partition", "links" },
        { "copies of the FAT", "copies of the FAT differ" },
        { "truncated image", "behind the" },
        { "overlapping partitions", "overlaps" },
        { "no partition table", "neither a partition table nor a file system" },
    };

    [ToolFact("dockerd", "busybox", "mkfs.vfat", "mcopy", "debugfs", RequiresRoot = true)]
    public async Task A_stock_image_and_a_preloaded_one_are_good()
    {
        foreach (var image in new[] { await disks.StockAsync(), await disks.PreloadedAsync() })
        {
            var result = OurCommandLine.Run("check", image);
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.DoesNotContain("warning", result.Output, StringComparison.Ordinal);
            Assert.EndsWith($"{image}: good\n", result.Output, StringComparison.Ordinal);
        }

        var json = JsonNode.Parse(OurCommandLine.Run("check", "--json", await disks.PreloadedAsync()).Succeeded().Output)!;
        Assert.True((bool)json["isGood"]!);
        var data = json["partitions"]!.AsArray().Single(p => (int)p!["number"]! == 6)!;
        Assert.Equal((2, 3), ((int)data["images"]!, (int)data["layers"]!));
        Assert.True((long)data["freeBytes"]! > 1 << 20);
    }

    [ToolTheory("dockerd", "busybox", "mkfs.vfat", "mcopy", "debugfs", RequiresRoot = true)]
    [MemberData(nameof(Defects))]
    public async Task Each_defect_is_found(string defect, string expected)
    {
        using var folder = new TemporaryFolder();
        var image = folder["damaged.img"];
        HostTool.RunOk("cp", "--sparse=always", await disks.PreloadedAsync(), image);
        disks.Plant(defect, image);
        var result = OurCommandLine.Run("check", image);
        Assert.True(result.ExitCode == 3, $"exit code {result.ExitCode}: {result.Output}{result.Error}");
        Assert.Contains(result.Output.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains(expected, StringComparison.Ordinal));
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [ToolFact("sgdisk", "mke2fs", "mkfs.vfat")]
    public void A_damaged_GPT_is_found_in_either_copy()
    {
        using var folder = new TemporaryFolder();
        var image = folder["gpt.img"];
        BalenaDisk.Make(image, gpt: true, 24 << 20);
        OurCommandLine.Run("check", image).Succeeded();
        var length = new FileInfo(image).Length;
        foreach (var (at, expected) in new[] { (512 + 60, "the primary GPT header"), (length - 512 + 60, "the backup GPT header"), (1024 + 40, "the primary GPT header") })
        {
            CheckedDisk.Patch(image, at, 1);
            var result = OurCommandLine.Run("check", image);
            Assert.Equal(3, result.ExitCode);
            Assert.Contains(expected, result.Output, StringComparison.Ordinal);
            CheckedDisk.Patch(image, at, 1);
        }
    }
}

/// <summary>Disk images to check, made when the first test asks.</summary>
public sealed class CheckedDisk : IAsyncLifetime
{
    private const string Digest = "sha256:";
    private const int DataMiB = 96;

    private static readonly EngineLayer Base = EngineLayer.Gzip(new LayerTar().Folder("etc").File("etc/who", "base").File("etc/gone", "gone\n").Folder("big").File("big/file", new string('b', 300_000)).End());
    private static readonly EngineLayer Middle = EngineLayer.Gzip(new LayerTar().Folder("etc").File("etc/.wh.gone").File("etc/who", "supervisor").End());
    private static readonly EngineLayer Top = EngineLayer.Gzip(new LayerTar().Folder("etc").File("etc/who", "app\n").End());
    private static readonly EngineImage Supervisor = new("supervisor", Base, Middle);
    private static readonly EngineImage App = new("app", Base, Middle, Top);

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<string>> _stock;
    private readonly Lazy<Task<string>> _preloaded;
    private LoopbackRegistry? _registry;
    private string _appImage = "";

    public CheckedDisk()
    {
        _stock = new Lazy<Task<string>>(MakeStockAsync);
        _preloaded = new Lazy<Task<string>>(MakePreloadedAsync);
    }

    /// <summary>balenaOS-like, with a supervisor that an engine pulled.</summary>
    public Task<string> StockAsync() => _stock.Value;

    /// <summary>The same with an app.</summary>
    public Task<string> PreloadedAsync() => _preloaded.Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_registry is not null) await _registry.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Plants a defect.</summary>
    public void Plant(string defect, string image)
    {
        switch (defect)
        {
            case "configuration that is no JSON":
                BalenaDisk.WriteBoot(image, "config.json", "{");
                return;
            case "device type that is no JSON":
                BalenaDisk.WriteBoot(image, "device-type.json", "[");
                return;
            case "supervisor that is not there":
                WriteConf(image, "balena_supervisor:v15.0.0");
                return;
            case "free blocks of the data partition":
                BalenaDisk.Data(image).DebugFs("ssv free_blocks_count 77", write: true);
                return;
            case "link count on the data partition":
                BalenaDisk.Data(image).DebugFs("sif /apps.json links_count 7", write: true);
                return;
            case "copies of the FAT":
                // Behind the reserved sectors, of which there are few enough for one byte.
                Span<byte> reserved = stackalloc byte[1];
                using (var file = File.OpenHandle(image)) RandomAccess.Read(file, reserved, (4 << 20) + 14);
                Patch(image, (4 << 20) + (512 * reserved[0]) + 8, 1);
                return;
            case "truncated image":
                using (var file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.SetLength(file, RandomAccess.GetLength(file) - (1 << 20));
                return;
            case "overlapping partitions":
                // The first sector of the second partition.
                Patch(image, 446 + 16 + 9, 0x40);
                return;
            case "no partition table":
                using (var file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(file, new byte[512], 0);
                return;
        }

        using var mount = LoopMount.Open(BalenaDisk.Data(image), readOnly: false);
        PlantIn(defect, mount.Path);
    }

    /// <summary>Flips bits of one byte.</summary>
    public static void Patch(string image, long at, byte flip)
    {
        using var file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(file, one, at);
        one[0] ^= flip;
        RandomAccess.Write(file, one, at);
    }

    private void PlantIn(string defect, string data)
    {
        var root = Path.Combine(data, "docker");
        var meta = Path.Combine(root, "image/overlay2");
        string Layer(int index) => Path.Combine(meta, "layerdb/sha256", App.ChainIds[index][Digest.Length..]);
        string Folder(int index) => Path.Combine(root, "overlay2", File.ReadAllText(Path.Combine(Layer(index), "cache-id")));
        string LinkOf(int index) => Path.Combine(root, "overlay2/l", File.ReadAllText(Path.Combine(Folder(index), "link")));
        var apps = Path.Combine(data, "apps.json");
        var list = Path.Combine(meta, "repositories.json");
        var config = Path.Combine(meta, "imagedb/content/sha256", Oci.Digest.Sha256(App.Config).Hex);
        switch (defect)
        {
            case "missing files of a layer":
                Directory.Delete(Path.Combine(Folder(2), "diff"), recursive: true);
                break;
            case "flipped byte in a layer's file":
                File.WriteAllText(Path.Combine(Folder(2), "diff/etc/who"), "apq\n");
                break;
            case "file of a layer missing":
                File.Delete(Path.Combine(Folder(2), "diff/etc/who"));
                break;
            case "file of a layer longer":
                File.AppendAllText(Path.Combine(Folder(2), "diff/etc/who"), "x");
                break;
            case "lower in the wrong order":
                File.WriteAllText(Path.Combine(Folder(2), "lower"), string.Join(':', File.ReadAllText(Path.Combine(Folder(2), "lower")).Split(':').Reverse()));
                break;
            case "lower missing":
                File.Delete(Path.Combine(Folder(1), "lower"));
                break;
            case "lower of other layers":
                File.WriteAllText(Path.Combine(Folder(2), "lower"), "l/" + new string('A', 26));
                break;
            case "lower of a base":
                File.WriteAllText(Path.Combine(Folder(0), "lower"), "l/" + new string('A', 26));
                break;
            case "name of no image":
                File.WriteAllText(list, File.ReadAllText(list).Replace(Oci.Digest.Sha256(App.Config).Hex, new string('1', 64), StringComparison.Ordinal));
                break;
            case "list of images that is no JSON":
                File.AppendAllText(list, "}");
                break;
            case "image without its config":
                File.Delete(config);
                break;
            case "image with another config":
                File.AppendAllText(config, " ");
                break;
            case "layer without its entry":
                Directory.Delete(Layer(1), recursive: true);
                break;
            case "cache ID of nothing":
                File.WriteAllText(Path.Combine(Layer(2), "cache-id"), new string('3', 64));
                break;
            case "cache ID that is none":
                File.WriteAllText(Path.Combine(Layer(2), "cache-id"), "../../etc");
                break;
            case "another parent":
                File.WriteAllText(Path.Combine(Layer(2), "parent"), App.ChainIds[0]);
                break;
            case "another diff ID":
                File.WriteAllText(Path.Combine(Layer(2), "diff"), App.ChainIds[0]);
                break;
            case "size that is none":
                File.WriteAllText(Path.Combine(Layer(2), "size"), "many");
                break;
            case "link that is none":
                File.WriteAllText(Path.Combine(Folder(2), "link"), "short");
                break;
            case "link missing":
                File.Delete(LinkOf(1));
                break;
            case "link to another layer":
                var link = LinkOf(1);
                File.Delete(link);
                File.CreateSymbolicLink(link, $"../{Path.GetFileName(Folder(0))}/diff");
                break;
            case "tar-split missing":
                File.Delete(Path.Combine(Layer(0), "tar-split.json.gz"));
                break;
            case "tar-split truncated":
                var split = Path.Combine(Layer(0), "tar-split.json.gz");
                File.WriteAllBytes(split, File.ReadAllBytes(split)[..^20]);
                break;
            case "apps.json of an old form":
                File.WriteAllText(apps, $$"""{"apps":{"1":{"name":"a","commit":"c","releaseId":1,"services":{"2":{"imageId":3,"serviceName":"main","image":"{{_appImage}}","environment":{},"labels":{} } },"volumes":{},"networks":{} } },"config":{} }""");
                break;
            case "apps.json with an image that is not there":
                File.WriteAllText(apps, File.ReadAllText(apps).Replace(_appImage, _appImage.Replace("@", "2@", StringComparison.Ordinal), StringComparison.Ordinal));
                break;
            case "apps.json that breaks a rule":
                File.WriteAllText(apps, File.ReadAllText(apps).Replace("\"environment\"", "\"no-environment\"", StringComparison.Ordinal));
                break;
            case "apps.json with its wrapper":
                File.WriteAllText(apps, "{\"" + new string('d', 32) + "\":" + File.ReadAllText(apps) + "}");
                break;
            default:
                throw new ArgumentException($"no such defect: {defect}", nameof(defect));
        }
    }

    private async Task<string> MakeStockAsync()
    {
        _registry = await LoopbackRegistry.StartAsync();
        var supervisor = await AddAsync(Supervisor);
        var image = _folder["stock.img"];
        var data = BalenaDisk.Make(image, gpt: false, DataMiB << 20);
        BalenaDisk.WriteBoot(image, "config.json", """{"uuid":"1"}""");
        BalenaDisk.WriteBoot(image, "device-type.json", """{"slug":"genericx86-64","arch":"amd64"}""");
        WriteConf(image, "balena_supervisor:v14.0.3");
        using var mount = LoopMount.Open(data, readOnly: false);
        await using var engine = await DockerEngine.StartAsync(Path.Combine(mount.Path, "docker"));
        engine.Docker("pull", "-q", supervisor);
        engine.Docker("tag", supervisor, "balena_supervisor:v14.0.3");
        return image;
    }

    private async Task<string> MakePreloadedAsync()
    {
        var stock = await StockAsync();
        var app = await AddAsync(App);
        _appImage = $"{app[..app.LastIndexOf(':')]}@{Oci.Digest.Sha256(App.Manifest)}";
        var service = new JsonObject { ["id"] = 1, ["image_id"] = 1, ["image"] = _appImage, ["environment"] = new JsonObject(), ["labels"] = new JsonObject() };
        var release = new JsonObject { ["id"] = 1, ["services"] = new JsonObject { ["main"] = service } };
        var entry = new JsonObject { ["id"] = 1, ["name"] = "app", ["releases"] = new JsonObject { ["abc"] = release } };
        await File.WriteAllTextAsync(_folder["apps.json"], new JsonObject { ["apps"] = new JsonObject { [new string('a', 32)] = entry } }.ToJsonString());
        OurCommandLine.Run("pack", "--image", stock, "--apps", _folder["apps.json"], "-o", _folder["a.tar"]).Succeeded();
        OurCommandLine.Run("unpack", _folder["a.tar"], _folder["preloaded.img"]).Succeeded();
        return _folder["preloaded.img"];
    }

    /// <summary>Packs the app for the stock image once more.</summary>
    /// <param name="archive">The archive to make.</param>
    /// <param name="options">Options beside.</param>
    public async Task<string> PackAsync(string archive, params string[] options)
    {
        var stock = await StockAsync();
        await PreloadedAsync();
        OurCommandLine.Run(["pack", "--image", stock, "--apps", _folder["apps.json"], .. options, "-o", archive]).Succeeded();
        return archive;
    }

    private async Task<string> AddAsync(EngineImage image)
    {
        foreach (var layer in image.Layers)
        {
            using var bytes = new MemoryStream();
            using (var blob = layer.Blob.Open()) await blob.CopyToAsync(bytes);
            _registry!.AddBlob(bytes.ToArray());
        }

        _registry!.AddBlob(image.Config);
        _registry.AddManifest(image.Repository, image.Manifest, image.ManifestType, PushedImage.Tag);
        return $"{_registry.Host}/{image.Repository}:{PushedImage.Tag}";
    }

    private void WriteConf(string image, string supervisor)
    {
        File.WriteAllText(_folder["supervisor.conf"], $"SUPERVISOR_IMAGE={supervisor}\nSUPERVISOR_VERSION=v14.0.3\nLED_FILE=/dev/null\n");
        var spec = DiskImages.Balena(_folder["layout.img"], gpt: false, DataMiB << 20).Single(s => s.Name == "resin-rootA");
        var root = new Ext4Image(image, spec.Start, spec.Length);
        foreach (var command in (string[])["mkdir etc", "mkdir etc/balena-supervisor"]) HostTool.Run("debugfs", "-w", "-R", command, root.Location);
        HostTool.Run("debugfs", "-w", "-R", "rm etc/balena-supervisor/supervisor.conf", root.Location);
        root.DebugFs($"write {_folder["supervisor.conf"]} etc/balena-supervisor/supervisor.conf", write: true);
    }
}
