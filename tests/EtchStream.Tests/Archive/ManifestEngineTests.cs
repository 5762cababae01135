using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using Xunit;

namespace EtchStream.Tests.Archive;

public sealed class ManifestEngineTests
{
    private const string Written = """
          "engine": {
            "partition": "resin-data",
            "root": "docker",
            "driver": "overlay2",
            "sharedFolders": [
              "docker",
              "docker/overlay2/l"
            ]
          }
        }

        """;

    [Fact]
    public void The_bytes_are_these_and_are_read_back()
    {
        var manifest = Manifest(new ManifestEngine { Partition = "resin-data", Root = "docker", Driver = "overlay2", SharedFolders = ["docker", "docker/overlay2/l"] });
        Assert.EndsWith(Written.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(manifest.ToBytes()), StringComparison.Ordinal);
        var read = ArchiveManifest.Parse(manifest.ToBytes());
        Assert.Equal(manifest.ToBytes(), read.ToBytes());
        Assert.Equal("docker/image/overlay2/repositories.json", read.Engine!.RepositoriesPath);
    }

    [Fact]
    public void A_manifest_without_an_engine_does_not_mention_one()
    {
        Assert.DoesNotContain("engine", Encoding.UTF8.GetString(Manifest(engine: null).ToBytes()), StringComparison.Ordinal);
        Assert.Null(ArchiveManifest.Parse(Manifest(engine: null).ToBytes()).Engine);
    }

    [Theory]
    [InlineData("", "image/overlay2/repositories.json")]
    [InlineData("var/lib/docker", "var/lib/docker/image/overlay2/repositories.json")]
    [InlineData("..a/.../ö", "..a/.../ö/image/overlay2/repositories.json")]
    public void A_root_is_any_clean_path(string root, string repositories) => Assert.Equal(repositories, Parse("6", root, "overlay2", root).RepositoriesPath);

    [Theory]
    [InlineData("", "docker", "docker")]
    [InlineData("..", "docker", "docker")]
    [InlineData("a/b", "docker", "docker")]
    [InlineData("6", "/docker", "docker")]
    [InlineData("6", "docker/", "docker")]
    [InlineData("6", "a//b", "docker")]
    [InlineData("6", "./a", "docker")]
    [InlineData("6", "a/..", "docker")]
    [InlineData("6", "a\0b", "docker")]
    [InlineData("6", "docker", "/docker")]
    [InlineData("6", "docker", "docker/../x")]
    [InlineData("6", "docker", "docker/./x")]
    [InlineData("6", "docker", "docker\0")]
    public void Names_and_paths_that_cannot_be_are_corrupt(string partition, string root, string folder)
    {
        var error = Assert.Throws<CorruptFormatException>(() => Parse(partition, root, "overlay2", folder));
        Assert.StartsWith("manifest.json: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"partition\":\"6\",\"root\":\"d\",\"driver\":\"overlay2\"}")]
    [InlineData("{\"partition\":\"6\",\"root\":\"d\",\"driver\":null,\"sharedFolders\":[]}")]
    [InlineData("{\"partition\":\"6\",\"root\":null,\"driver\":\"overlay2\",\"sharedFolders\":[]}")]
    [InlineData("{\"partition\":\"6\",\"root\":\"d\",\"driver\":\"overlay2\",\"sharedFolders\":[null]}")]
    [InlineData("{\"partition\":\"6\",\"root\":\"\\ud800\",\"driver\":\"overlay2\",\"sharedFolders\":[]}")]
    [InlineData("{\"partition\":\"6\",\"root\":\"d\",\"root\":\"d\",\"driver\":\"overlay2\",\"sharedFolders\":[]}")]
    public void An_engine_that_is_none_is_corrupt_or_missing(string text)
    {
        var json = Encoding.UTF8.GetString(Manifest(engine: null).ToBytes());
        var bytes = Encoding.UTF8.GetBytes(json.TrimEnd()[..^1] + ",\"engine\":" + text + "}");
        if (text == "null") Assert.Null(ArchiveManifest.Parse(bytes).Engine);
        else Assert.Throws<CorruptFormatException>(() => ArchiveManifest.Parse(bytes));
    }

    [Fact]
    public void Shared_folders_are_counted()
    {
        var folders = Enumerable.Range(0, ManifestEngine.MaxSharedFolders + 1).Select(i => $"{i}").ToArray();
        Assert.Equal(ManifestEngine.MaxSharedFolders, Parse("6", "d", "overlay2", folders[1..]).SharedFolders.Count);
        Assert.Throws<CorruptFormatException>(() => Parse("6", "d", "overlay2", folders));
    }

    [Fact]
    public void Another_storage_driver_is_not_supported() =>
        Assert.Contains("overlay2", Assert.Throws<UnsupportedFormatException>(() => Parse("6", "d", "btrfs")).Message, StringComparison.Ordinal);

    private static ManifestEngine Parse(string partition, string root, string driver, params string[] folders) =>
        ArchiveManifest.Parse(Manifest(new ManifestEngine { Partition = partition, Root = root, Driver = driver, SharedFolders = folders }).ToBytes()).Engine!;

    private static ArchiveManifest Manifest(ManifestEngine? engine) => new() { Image = new ManifestImage { Name = "disk.img", Size = 1 }, Engine = engine };
}
