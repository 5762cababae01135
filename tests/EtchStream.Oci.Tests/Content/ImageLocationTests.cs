using EtchStream.Oci.Content;
using Xunit;

namespace EtchStream.Oci.Tests.Content;

public sealed class ImageLocationTests
{
    [Theory]
    [InlineData("oci:dir", ImageLocationKind.OciLayout, "dir", null)]
    [InlineData("oci:/a/b:v1", ImageLocationKind.OciLayout, "/a/b", "v1")]
    [InlineData("oci-archive:x.tar:v1", ImageLocationKind.OciArchive, "x.tar", "v1")]
    [InlineData("docker-archive:x.tar", ImageLocationKind.DockerArchive, "x.tar", null)]
    [InlineData("docker-archive:x.tar:localhost:5000/a:b", ImageLocationKind.DockerArchive, "x.tar", "localhost:5000/a:b")]
    public void Layouts_and_archives_have_a_path_and_perhaps_a_name(string text, ImageLocationKind kind, string path, string? name)
    {
        var location = ImageLocation.Parse(text);
        Assert.Equal((kind, path, name), (location.Kind, location.Path, location.Name));
        Assert.Null(location.Reference);
        Assert.Equal(text, location.ToString());
    }

    [Fact]
    public void Everything_else_is_a_reference()
    {
        var location = ImageLocation.Parse("localhost:5000/a:b");
        Assert.Equal(ImageLocationKind.Registry, location.Kind);
        Assert.Equal("localhost:5000/a:b", location.Reference!.ToString());
    }

    [Theory]
    [InlineData("oci:")]
    [InlineData("oci::tag")]
    [InlineData("docker-archive:x:")]
    [InlineData("oci:a\0b")]
    [InlineData("docker://alpine")]
    [InlineData("")]
    public void What_is_no_location_is_refused(string text) => Assert.Throws<FormatException>(() => ImageLocation.Parse(text));
}
