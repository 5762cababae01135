using System.Globalization;
using System.Text;
using EtchStream.Oci;
using EtchStream.TestKit.Registry;

namespace EtchStream.TestKit.Engine;

/// <summary>The images by which an engine and this project's packer are compared. Except for what tools write, they are the same in every run.</summary>
public static class EngineImages
{
    /// <summary>Puts all of them into a registry but the Debian one: hand-made, compressed in all ways, many layers, many files, tools' layers.</summary>
    /// <param name="host">The registry's address and port.</param>
    public static async Task<IReadOnlyList<PushedImage>> All(string host)
    {
        using var upload = new RegistryUpload(host);
        var images = Everything().ToArray();
        var pushed = new PushedImage[images.Length];
        await Parallel.ForAsync(0, images.Length, async (i, _) => pushed[i] = await upload.PushAsync(images[i]));
        return pushed;
    }

    /// <summary>All of them but the Debian one, not yet in any registry.</summary>
    public static IReadOnlyList<EngineImage> Everything() => [.. OddImages.All, Together(), .. Blobs(), Layered(), CheckImage.Make(), ManyFiles(Soak.IsOn ? 40_000 : 4_000), .. ToolImages.All()];

    /// <summary>Every hand-made layer that both the engine and our packer accept, as the layers of one image: one pull for all of them.</summary>
    public static EngineImage Together() =>
        new("all accepted odd layers in one image", [.. OddImages.All.Where(image => image.Refusal is null && image.PackExitCode == 0).Select(image => image.Layers[0])]) { IsReplayed = false };

    /// <summary>One layer in all the ways a registry may hold it.</summary>
    public static IEnumerable<EngineImage> Blobs()
    {
        var tar = new LayerTar().Folder("d").File("d/a", new string('a', 100_000)).End();
        var gzip = TestImage.Gzip(tar);
        byte[] members = [.. TestImage.Gzip(tar[..700]), .. TestImage.Gzip(tar[700..])];
        yield return Blob("OCI gzip layer", tar, gzip, MediaTypes.OciLayerGzip);
        yield return Blob("OCI uncompressed layer", tar, tar, MediaTypes.OciLayer);
        yield return Blob("Docker gzip layer", tar, gzip, MediaTypes.DockerLayerGzip) with { IsDocker = true };
        yield return Blob("Docker uncompressed layer", tar, tar, MediaTypes.DockerLayer) with { IsDocker = true };
        yield return Blob("uncompressed layer called gzip", tar, tar, MediaTypes.OciLayerGzip);
        yield return Blob("gzip layer called uncompressed", tar, gzip, MediaTypes.OciLayer);
        yield return Blob("gzip layer of two members", tar, members, MediaTypes.OciLayerGzip);
        yield return Blob("gzip layer with a file name", tar, Filter("gzip", tar), MediaTypes.OciLayerGzip);
        yield return Blob("gzip layer with zeros behind", tar, [.. gzip, .. new byte[512]], MediaTypes.OciLayerGzip) with { Refusal = "gzip: invalid header", PackExitCode = 0 };
        yield return Blob("gzip layer that is not the config's", tar, TestImage.Gzip(tar[512..]), MediaTypes.OciLayerGzip) with { Refusal = "layers from manifest don't match image configuration" };

        // Later engines take it.
        yield return Blob("OCI zstd layer", tar, Filter("zstd", tar), MediaTypes.OciLayerZstd) with { Refusal = "unexpected EOF", PackExitCode = 0 };
        yield return new EngineImage("same layer twice", EngineLayer.Gzip(tar), EngineLayer.Gzip(tar));
        yield return new EngineImage("no layers");
    }

    /// <summary>Thirty layers that add, replace, hide and bring back.</summary>
    public static EngineImage Layered()
    {
        var layers = new List<EngineLayer>();
        for (var i = 0; i < 30; i++)
        {
            var tar = new LayerTar().Folder("layers", time: i).File($"layers/{i}", new string('x', i * 100), user: i, time: i).File("same", i.ToString(CultureInfo.InvariantCulture));
            if (i > 0) tar.File($"layers/.wh.{i - 1}");
            if (i % 10 == 5) tar.Folder("opaque").File("opaque/.wh..wh..opq").File($"opaque/{i}", "1");
            layers.Add(EngineLayer.Gzip(tar.End()));
        }

        return new EngineImage("thirty layers", [.. layers]);
    }

    /// <summary>One layer of many small files, some of them hard links.</summary>
    public static EngineImage ManyFiles(int count)
    {
        var tar = new LayerTar();
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 0) tar.Folder($"f/{i / 100}", time: i);
            if (i % 50 == 49) tar.Link($"f/{i / 100}/{i}", $"f/{i / 100}/{i - 1}", time: i);
            else tar.File($"f/{i / 100}/{i}", new string((char)('a' + (i % 26)), i % 700), user: i % 5, time: i);
        }

        return new EngineImage("many small files", EngineLayer.Gzip(tar.End()));
    }

    /// <summary>A minimal Debian as one uncompressed layer; it takes minutes to make when it is not in the cache.</summary>
    public static EngineImage Debian() => new("Debian", EngineLayer.Plain(new LayerContent(DebianRoot.Get())));

    private static EngineImage Blob(string name, byte[] tar, byte[] blob, string mediaType) => new(name, new EngineLayer(new LayerContent(tar), new LayerContent(blob), mediaType));

    private static byte[] Filter(string tool, byte[] data)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["layer"], data);
        return Encoding.Latin1.GetBytes(HostTool.RunOk(tool, "-c", folder["layer"]).Output);
    }
}
