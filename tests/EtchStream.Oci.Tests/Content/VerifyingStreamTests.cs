using EtchStream.Oci.Content;
using Xunit;

namespace EtchStream.Oci.Tests.Content;

public sealed class VerifyingStreamTests
{
    private static readonly byte[] s_content = TestContent(100_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Right_content_passes_through_and_is_verified_at_its_end(bool asynchronous)
    {
        using var stream = Wrap(s_content);
        var copy = new MemoryStream();
        Assert.False(stream.IsVerified);
        if (asynchronous) await stream.CopyToAsync(copy);
        else stream.CopyTo(copy);
        Assert.Equal(s_content, copy.ToArray());
        Assert.True(stream.IsVerified);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_flipped_bit_fails_at_the_end_and_not_before()
    {
        var bad = (byte[])s_content.Clone();
        bad[50_000] ^= 1;
        using var stream = new VerifyingStream(new MemoryStream(bad), Digest.Sha256(s_content), s_content.Length);
        await stream.ReadExactlyAsync(new byte[bad.Length]);
        var error = await Assert.ThrowsAsync<DigestMismatchException>(() => stream.CopyToAsync(Stream.Null));
        Assert.Equal(Digest.Sha256(bad).ToString(), error.Actual);
        Assert.Equal(Digest.Sha256(s_content).ToString(), error.Expected);
        Assert.False(stream.IsVerified);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99_999)]
    public async Task Short_content_fails_at_its_end(int length)
    {
        using var stream = new VerifyingStream(new MemoryStream(s_content, 0, length), Digest.Sha256(s_content), s_content.Length);
        var error = await Assert.ThrowsAsync<DigestMismatchException>(() => stream.CopyToAsync(Stream.Null));
        Assert.Equal($"{length} bytes", error.Actual);
    }

    [Fact]
    public async Task A_byte_too_many_is_refused_even_where_the_digest_fits()
    {
        using var stream = new VerifyingStream(new MemoryStream(s_content), Digest.Sha256(s_content), s_content.Length - 1);
        await Assert.ThrowsAsync<DigestMismatchException>(() => stream.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Endless_content_is_refused_at_the_promised_length()
    {
        using var stream = new VerifyingStream(new Endless(), Digest.Sha256(s_content), 1 << 20);
        await Assert.ThrowsAsync<DigestMismatchException>(() => stream.CopyToAsync(Stream.Null));
        Assert.True(stream.Position <= 1 << 20);
    }

    [Fact]
    public async Task The_largest_promised_length_does_not_overflow()
    {
        using var stream = new VerifyingStream(new MemoryStream(s_content), Digest.Sha256(s_content), long.MaxValue);
        await Assert.ThrowsAsync<DigestMismatchException>(() => stream.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Nothing_at_all_is_verified_too()
    {
        using var stream = new VerifyingStream(Stream.Null, Digest.Sha256([]), 0);
        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
        Assert.True(stream.IsVerified);
    }

    private static VerifyingStream Wrap(byte[] content) => new(new MemoryStream(content), Digest.Sha256(content), content.Length);

    private static byte[] TestContent(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return content;
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
    }
}
