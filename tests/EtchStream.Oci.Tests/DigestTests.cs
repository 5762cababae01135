using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class DigestTests
{
    private const string EmptySha256 = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void The_digest_of_nothing_is_the_published_one() => Assert.Equal(EmptySha256, Digest.Sha256([]).ToString());

    [Fact]
    public void A_digest_parses_into_algorithm_and_hex()
    {
        var digest = Digest.Parse(EmptySha256);
        Assert.Equal("sha256", digest.Algorithm);
        Assert.Equal(EmptySha256[7..], digest.Hex);
        Assert.True(digest.IsSha256);
        Assert.Equal(Digest.Sha256([]), digest);
    }

    [Fact]
    public void Sha512_is_taken_and_hashed_as_such()
    {
        var expected = "sha512:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData("abc"u8));
        var digest = Digest.Parse(expected);
        Assert.False(digest.IsSha256);
        Assert.Equal("sha512", digest.Algorithm);
        using var hash = digest.CreateHash();
        hash.AppendData("abc"u8);
        Assert.Equal(digest, digest.Finish(hash));
        Assert.Equal(digest, digest.OfSameAlgorithm("abc"u8));
    }

    [Theory]
    [InlineData("", "does not begin with")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "does not begin with")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e", "does not begin with")]
    [InlineData("sha256:e3b0", "4 characters")]
    [InlineData("sha256:E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0-9 and a-f")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../etc/passwd", "0-9 and a-f")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n", "65 characters")]
    public void Anything_else_is_refused_with_the_reason(string text, string reason)
    {
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Digest.Parse(text)).Message, StringComparison.Ordinal);
        Assert.False(Digest.TryParse(text, out _));
    }

    [Fact]
    public void A_diff_id_is_sha256_only()
    {
        var sha512 = "sha512:" + new string('0', 128);
        Assert.Throws<FormatException>(() => DiffId.Parse(sha512));
        Assert.False(DiffId.TryParse(sha512, out _));
        Assert.Throws<ArgumentException>(() => new DiffId(Digest.Parse(sha512)));
    }

    [Fact]
    public void Chain_ids_follow_the_image_spec()
    {
        var a = new DiffId(Digest.Sha256("a"u8));
        var b = new DiffId(Digest.Sha256("b"u8));
        var c = new DiffId(Digest.Sha256("c"u8));
        var chain = ChainId.Compute([a, b, c]);
        // printf '%s %s' of the parent's chain ID and the diff ID, through sha256sum
        Assert.Equal(a.ToString(), chain[0].ToString());
        Assert.Equal("sha256:51c0c8ace48498d6f5fee6b0592cc06f2da0f3cbe09c5a34a97dce85c3889676", chain[1].ToString());
        Assert.Equal("sha256:2fce7f8ce91bcf0a1428b36e1024639fdbd9469eea762dba98aa749631885106", chain[2].ToString());
        Assert.Empty(ChainId.Compute([]));
    }

    [Fact]
    public void Equal_layers_on_different_parents_have_different_chain_ids()
    {
        var a = new DiffId(Digest.Sha256("a"u8));
        var b = new DiffId(Digest.Sha256("b"u8));
        Assert.NotEqual(ChainId.Compute([a, b])[1], ChainId.Compute([b, b])[1]);
    }
}
