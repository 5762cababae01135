using System.Text;
using EtchStream.Balena;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Pack;
using EtchStream.Pack.Layers;
using EtchStream.Sources;
using EtchStream.TestKit;
using EtchStream.TestKit.Docs;
using EtchStream.TestKit.Engine;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Docs;

/// <summary>What docs/compatibility.md says of archives, layers and balenaOS is what the code does.</summary>
public sealed class CompatibilityTests
{
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs/compatibility.md");

    private static readonly byte[] Image = [.. Enumerable.Range(0, 1 << 16).Select(i => (byte)(i * 7 / 3))];

    [ToolFact("gzip", "zstd", "xz", "bzip2", "zip")]
    public async Task Archives_images_layers_and_tars_are_taken_in_the_compressions_that_are_listed()
    {
        using var folder = new TemporaryFolder();
        foreach (var row in Page.Table("Compression"))
        {
            var format = row[0].Trim('`');
            var archive = Compress(folder, format, new LayerTar().Entry(new LayerEntry("disk.img"), Image).End());
            Assert.Equal((format, IsYes(row[1])), (format, await UnpacksAsync(folder, archive)));
            Assert.Equal((format, IsYes(row[2])), (format, await UnpacksAsync(folder, new LayerTar().Entry(new LayerEntry("disk.img"), Compress(folder, format, Image)).End())));

            var tar = new LayerTar().File("a", "content").End();
            Assert.Equal((format, IsYes(row[3])), (format, (await LayerAsync(Compress(folder, format, tar))).SequenceEqual(tar)));
            File.WriteAllBytes(folder["source"], Compress(folder, format, tar));
            Assert.Equal((format, IsYes(row[4])), (format, await TarInput.IsTarAsync(folder["source"], CancellationToken.None)));
            Assert.Equal((format, IsYes(row[5])), (format, PackCompression.TryParse(format, out _, out _)));
        }
    }

    [Fact]
    public void Forms_of_apps_json_are_listed() =>
        Assert.Equal(Enum.GetNames<AppsVersion>().Select(name => name.ToLowerInvariant()), Page.Table("apps.json").Where(row => row.Length == 3).Select(row => row[0]));

    [Fact]
    public void Boards_run_the_platforms_that_are_listed()
    {
        var rows = Page.Table("apps.json").Where(row => row.Length == 2).ToList();
        Assert.All(rows, row => Assert.Equal(new DeviceType("x", row[0].Trim('`')).Platforms, MarkdownPage.Code(row[1])));
        var source = File.ReadAllText(Repository.File("src/EtchStream/Balena/DeviceType.cs"));
        Assert.All(source.Split("Architecture switch")[1].Split("_ =>")[0].Split('"').Where((word, i) => i % 2 == 1 && !word.Contains('/', StringComparison.Ordinal)), word => Assert.Contains(rows, row => row[0] == $"`{word}`"));
    }

    [Fact]
    public void The_only_driver_is_overlay2()
    {
        Assert.Contains("storage driver overlay2", string.Join(' ', Page.Lines), StringComparison.Ordinal);
        Assert.Contains("overlay2", File.ReadAllText(Repository.File("src/EtchStream/Archive/ManifestEngine.cs")), StringComparison.Ordinal);
    }

    private static bool IsYes(string cell) => cell.Split(',')[0] == "yes";

    private static byte[] Compress(TemporaryFolder folder, string format, byte[] content)
    {
        if (format == "none") return content;
        File.WriteAllBytes(folder["plain"], content);
        File.Delete(folder["compressed"]);
        var command = format == "zip" ? $"zip -q -j {folder["compressed"]}.zip {folder["plain"]} && mv {folder["compressed"]}.zip {folder["compressed"]}" : $"{format} -c {folder["plain"]} > {folder["compressed"]}";
        HostTool.RunOk("sh", "-c", command);
        return File.ReadAllBytes(folder["compressed"]);
    }

    private static async Task<bool> UnpacksAsync(TemporaryFolder folder, byte[] archive)
    {
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(archive), "test.tar"), Outputs = [folder["out.img"]], Flush = false });
        return File.ReadAllBytes(folder["out.img"]).AsSpan().SequenceEqual(Image);
    }

    private static async Task<byte[]> LayerAsync(byte[] blob)
    {
        var input = StageScope.CreateChannel<PooledBuffer>(1);
        var output = StageScope.CreateChannel<PooledBuffer>(1);
        using var tar = new MemoryStream();
        await using var scope = new StageScope(CancellationToken.None);
        scope.Start(input.Writer, token => new BufferedReadStage(new MemoryStream(blob)).RunAsync(input.Writer, token));
        scope.Start(output.Writer, token => LayerDecompressStage.RunAsync(input.Reader, output.Writer, token));
        scope.Start(async token =>
        {
            await foreach (var buffer in output.Reader.ReadAllAsync(token))
            {
                tar.Write(buffer.Data.Span);
                buffer.Dispose();
            }
        });
        await scope.CompleteAsync();
        return tar.ToArray();
    }
}
