using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class ImageReferenceTests
{
    private const string Hash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("alpine", "docker.io", "library/alpine", "latest", null, "alpine:latest")]
    [InlineData("alpine:3.19", "docker.io", "library/alpine", "3.19", null, "alpine:3.19")]
    [InlineData("acme/app", "docker.io", "acme/app", "latest", null, "acme/app:latest")]
    [InlineData("docker.io/alpine", "docker.io", "library/alpine", "latest", null, "alpine:latest")]
    [InlineData("docker.io/library/alpine", "docker.io", "library/alpine", "latest", null, "alpine:latest")]
    [InlineData("index.docker.io/acme/app:1", "docker.io", "acme/app", "1", null, "acme/app:1")]
    [InlineData("docker.io/library/a/b", "docker.io", "library/a/b", "latest", null, "library/a/b:latest")]
    [InlineData("localhost/x", "localhost", "x", "latest", null, "localhost/x:latest")]
    [InlineData("localhost:5000/x", "localhost:5000", "x", "latest", null, "localhost:5000/x:latest")]
    [InlineData("localhost:5000/x:y", "localhost:5000", "x", "y", null, "localhost:5000/x:y")]
    [InlineData("ghcr.io/a/b-c__d.e/f_g@" + Hash, "ghcr.io", "a/b-c__d.e/f_g", null, Hash, "ghcr.io/a/b-c__d.e/f_g@" + Hash)]
    [InlineData("registry2.balena-cloud.com/v2/0123456789abcdef0123456789abcdef@" + Hash, "registry2.balena-cloud.com", "v2/0123456789abcdef0123456789abcdef", null, Hash, "registry2.balena-cloud.com/v2/0123456789abcdef0123456789abcdef@" + Hash)]
    [InlineData("h.x/r:t@" + Hash, "h.x", "r", "t", Hash, "h.x/r:t@" + Hash)]
    [InlineData("[::1]:5000/r:t", "[::1]:5000", "r", "t", null, "[::1]:5000/r:t")]
    [InlineData("[fd00::1]/r", "[fd00::1]", "r", "latest", null, "[fd00::1]/r:latest")]
    [InlineData("HOST/r", "HOST", "r", "latest", null, "HOST/r:latest")]
    [InlineData("127.0.0.1:5000/r", "127.0.0.1:5000", "r", "latest", null, "127.0.0.1:5000/r:latest")]
    [InlineData("a---b/c", "docker.io", "a---b/c", "latest", null, "a---b/c:latest")]
    [InlineData("localhost:5000", "docker.io", "library/localhost", "5000", null, "localhost:5000")]
    public void Valid_references_parse_into_their_parts(string text, string host, string repository, string? tag, string? digest, string familiar)
    {
        var reference = ImageReference.Parse(text);
        Assert.Equal(host, reference.Host);
        Assert.Equal(repository, reference.Repository);
        Assert.Equal(tag, reference.Tag);
        Assert.Equal(digest, reference.Digest?.ToString());
        Assert.Equal(familiar, reference.ToFamiliarString());
        // Both spellings mean the same again.
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
        Assert.Equal(reference, ImageReference.Parse(familiar));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("https://ghcr.io/a", "scheme")]
    [InlineData("Alpine", "lower case")]
    [InlineData("ghcr.io/Acme/app", "lower case")]
    [InlineData("a//b", "may hold only")]
    [InlineData("a/", "may hold only")]
    [InlineData("ghcr.io/", "repository is missing")]
    [InlineData("/a", "may hold only")]
    [InlineData("../a", "host")]
    [InlineData("a/../b", "may hold only")]
    [InlineData("a..b", "may hold only")]
    [InlineData("a___b", "may hold only")]
    [InlineData("a-/b", "may hold only")]
    [InlineData("-a", "may hold only")]
    [InlineData("a_", "may hold only")]
    [InlineData("a b", "may hold only")]
    [InlineData("a\nb", "may hold only")]
    [InlineData("a:", "tag after ':' is empty")]
    [InlineData("a:.b", "the tag")]
    [InlineData("a:-b", "the tag")]
    [InlineData("a:b c", "the tag")]
    [InlineData(":b", "repository is missing")]
    [InlineData("@" + Hash, "repository is missing")]
    [InlineData("a@sha256:00", "2 characters")]
    [InlineData("a@" + Hash + "@" + Hash, "characters after")]
    [InlineData("a@", "does not begin with")]
    [InlineData("host:port/a", "port")]
    [InlineData("host.x:99999/a", "port")]
    [InlineData("host.x:/a", "port")]
    [InlineData("-host.x/a", "host name")]
    [InlineData("host..x/a", "host name")]
    [InlineData("[::1/a", "IPv6")]
    [InlineData("[fe80::1%eth0]:1/a", "IPv6")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "image ID")]
    public void Invalid_references_are_refused_with_the_part_that_is_wrong(string text, string reason)
    {
        var error = Assert.Throws<FormatException>(() => ImageReference.Parse(text));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.False(ImageReference.TryParse(text, out _));
    }

    [Fact]
    public void Lengths_are_limited_as_the_grammar_says()
    {
        Assert.Equal(128, ImageReference.Parse("a:" + new string('t', 128)).Tag!.Length);
        Assert.Throws<FormatException>(() => ImageReference.Parse("a:" + new string('t', 129)));
        Assert.NotNull(ImageReference.Parse("h.x/" + new string('r', 251)));
        Assert.Throws<FormatException>(() => ImageReference.Parse("h.x/" + new string('r', 252)));
    }

    [Fact]
    public void A_digest_decides_over_a_tag()
    {
        Assert.Equal(Hash, ImageReference.Parse("a:t@" + Hash).Target);
        Assert.Equal("t", ImageReference.Parse("a:t").Target);
        Assert.Equal("docker.io/library/a@" + Hash, ImageReference.Parse("a:t").WithDigest(Digest.Parse(Hash)).ToString());
    }
}
