using EtchStream.Archive;
using EtchStream.Differential.Tests.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;
using Xunit;
using EngineLayer = EtchStream.TestKit.Engine.EngineLayer;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>A disk image whose store a real engine filled: what is preloaded builds on the layers that are there, under the engine's own names.</summary>
[Collection(EngineCollection.Name)]
public sealed class StoreReuseTests
{
    private static readonly EngineLayer Base = EngineLayer.Gzip(new LayerTar()
        .Folder("bin").Raw(BusyBox()).Symlink("bin/sh", "busybox").Symlink("bin/cat", "busybox").Folder("etc").File("etc/who", "base\n").File("etc/gone", "gone\n").End());

    private static readonly EngineLayer Middle = EngineLayer.Gzip(new LayerTar().Folder("etc").File("etc/.wh.gone").File("etc/who", "supervisor\n").File("etc/big", new string('b', 300_000)).End());

    private static readonly EngineLayer Top = EngineLayer.Gzip(new LayerTar().Folder("etc").File("etc/who", "app\n").End());

    private static readonly EngineImage Supervisor = new("supervisor", Base, Middle);

    private static readonly EngineImage App = new("app", Base, Middle, Top);

    private static readonly EngineImage Other = new("other", Base, EngineLayer.Gzip(new LayerTar().Folder("etc").File("etc/who", "other\n").End()));

    [ToolTheory("dockerd", "busybox", "mke2fs", "e2fsck", "mount", RequiresRoot = true)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task What_the_store_has_is_neither_fetched_nor_written_again(bool isCompressed, bool isExpanded)
    {
        await using var registry = await LoopbackRegistry.StartAsync();
        var (supervisor, app, other) = (Add(registry, Supervisor), Add(registry, App), Add(registry, Other));
        using var folder = new TemporaryFolder();
        var disk = BalenaDisk.Make(folder["disk.img"], gpt: false, 256 << 20);
        using (var mount = LoopMount.Open(disk, readOnly: false))
        {
            await using var engine = await DockerEngine.StartAsync(Path.Combine(mount.Path, "docker"));
            engine.Docker("pull", "-q", supervisor);
            engine.Docker("tag", supervisor, "balena_supervisor:v14");
        }

        var image = folder["disk.img"];
        if (isCompressed)
        {
            HostTool.RunOk("gzip", "-1", "-k", image);
            image += ".gz";
        }

        var before = registry.Requests.Count;
        OurCommandLine.Run("pack", "--image", image, "--container", app, "--container", other, "-o", folder["a.tar"], isExpanded ? "--quiet" : "--no-expand").Succeeded();
        var fetched = registry.Requests.Skip(before).Where(r => r.Path.Contains("/blobs/", StringComparison.Ordinal)).Select(r => r.Path[(r.Path.LastIndexOf('/') + 1)..]).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(Top.Blob.Digest.ToString(), fetched);

        // What is in a compressed image that is not looked into cannot be known; there it is the unpacking that leaves the layers out.
        Assert.Equal(!isExpanded, fetched.Contains(Base.Blob.Digest.ToString()));
        Assert.Equal(!isExpanded, fetched.Contains(Middle.Blob.Digest.ToString()));
        var layers = (await ManifestAsync(folder["a.tar"])).Layers!;
        Assert.Equal(isExpanded ? 2 : 0, layers.Count(l => l.IsReused == true));
        Assert.Equal(4, layers.Count);

        OurCommandLine.Run("unpack", folder["a.tar"], folder["out.img"]).Succeeded();
        var data = disk.In(folder["out.img"]);
        Nothing.Wrong("complaints of e2fsck", [.. data.Check()]);
        using (var mount = LoopMount.Open(data, readOnly: false))
        {
            var root = Path.Combine(mount.Path, "docker");
            Assert.Equal(4, Directory.GetDirectories(Path.Combine(root, "overlay2")).Count(d => Path.GetFileName(d) != "l"));
            var store = EngineStore.Read(root);
            Nothing.Wrong("layers that cannot be rebuilt", [.. store.NotReplayed()]);
            await using (var engine = await DockerEngine.StartAsync(root))
            {
                Assert.Equal("supervisor\n", engine.Docker("run", "--rm", "--network", "none", "balena_supervisor:v14", "/bin/cat", "/etc/who"));
                Assert.Equal("app\n", engine.Docker("run", "--rm", "--network", "none", app, "/bin/cat", "/etc/who"));
                Assert.Equal("other\n", engine.Docker("run", "--rm", "--network", "none", other, "/bin/cat", "/etc/who"));
                Assert.Equal(1, engine.Run("run", "--rm", "--network", "none", app, "/bin/cat", "/etc/gone").ExitCode);
                Assert.Equal("gone\n", engine.Docker("run", "--rm", "--network", "none", other, "/bin/cat", "/etc/gone"));
                foreach (var name in (string[])[supervisor, app, other]) engine.Docker("save", "-o", folder["saved.tar"], name);
                engine.Docker("rmi", "-f", supervisor, "balena_supervisor:v14", app, other);
                Assert.Equal("", engine.Docker("image", "ls", "-aq"));
                Assert.Equal([Path.Combine(root, "overlay2/l")], Directory.GetDirectories(Path.Combine(root, "overlay2")));
            }
        }

        Nothing.Wrong("complaints of e2fsck", [.. data.Check()]);
    }

    private static string Add(LoopbackRegistry registry, EngineImage image)
    {
        foreach (var layer in image.Layers)
        {
            using var bytes = new MemoryStream();
            using (var blob = layer.Blob.Open()) blob.CopyTo(bytes);
            registry.AddBlob(bytes.ToArray());
        }

        registry.AddBlob(image.Config);
        registry.AddManifest(image.Repository, image.Manifest, image.ManifestType, PushedImage.Tag);
        return $"{registry.Host}/{image.Repository}:{PushedImage.Tag}";
    }

    private static async Task<ArchiveManifest> ManifestAsync(string archive)
    {
        await using var source = new StreamByteSource(File.OpenRead(archive));
        var reader = new TarReader(source);
        var entry = await reader.ReadEntryAsync();
        Assert.Equal("manifest.json"u8, entry!.Name);
        using var bytes = new MemoryStream();
        while (await reader.ReadContentAsync() is { IsEmpty: false } content) bytes.Write(content.Span);
        return ArchiveManifest.Parse(bytes.ToArray());
    }

    private static byte[] BusyBox()
    {
        var content = File.Exists("/bin/busybox") ? File.ReadAllBytes("/bin/busybox") : [];
        return new LayerTar().Entry(new LayerEntry("bin/busybox") { Mode = 755, Time = LayerTar.Time }, content).ToArray();
    }
}
