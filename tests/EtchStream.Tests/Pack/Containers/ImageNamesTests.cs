using System.Text;
using EtchStream.Engine;
using EtchStream.Oci;
using EtchStream.Pack.Containers;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

public sealed class ImageNamesTests
{
    private static readonly Digest A = Digest.Sha256("a"u8);
    private static readonly Digest B = Digest.Sha256("b"u8);

    [Theory]
    [InlineData("alpine", "alpine:latest alpine@B")]
    [InlineData("docker.io/library/alpine:3", "alpine:3 alpine@B")]
    [InlineData("acme/app:1", "acme/app:1 acme/app@B")]
    [InlineData("127.0.0.1:5000/app:1", "127.0.0.1:5000/app:1 127.0.0.1:5000/app@B")]
    [InlineData("alpine@A", "alpine@A")]
    [InlineData("alpine:3@A", "alpine@A")]
    public void A_tag_gives_two_names_and_a_digest_one(string reference, string expected)
    {
        string Filled(string text) => text.Replace("@A", $"@{A}", StringComparison.Ordinal).Replace("@B", $"@{B}", StringComparison.Ordinal);
        Assert.Equal(Filled(expected), string.Join(' ', ImageNames.Of(ImageReference.Parse(Filled(reference)), B)));
        Assert.Equal(Filled(expected).Split(' ')[0], string.Join(' ', ImageNames.Of(ImageReference.Parse(Filled(reference)), named: null)));
    }

    [Fact]
    public void The_bytes_are_an_engines_own()
    {
        var json = new RepositoriesFile();
        foreach (var (reference, id) in ((string, Digest)[])[("b:2", B), ("acme/app:1", A), ("b:1", A), ("B.example/b:1", A)])
        {
            foreach (var name in ImageNames.Of(ImageReference.Parse(reference.ToLowerInvariant()), id)) json.Add(ImageReference.Parse(reference.ToLowerInvariant()).FamiliarName, name, id.ToString());
        }

        Assert.Equal(
            $"{{\"Repositories\":{{\"acme/app\":{{\"acme/app:1\":\"{A}\",\"acme/app@{A}\":\"{A}\"}}," +
            $"\"b\":{{\"b:1\":\"{A}\",\"b:2\":\"{B}\",\"b@{B}\":\"{B}\",\"b@{A}\":\"{A}\"}}," +
            $"\"b.example/b\":{{\"b.example/b:1\":\"{A}\",\"b.example/b@{A}\":\"{A}\"}}}}}}",
            Encoding.UTF8.GetString(json.ToBytes()));
        Assert.Equal("{\"Repositories\":{}}"u8, new RepositoriesFile().ToBytes());
    }
}
