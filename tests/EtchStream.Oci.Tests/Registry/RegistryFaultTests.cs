using System.Net;
using EtchStream.Oci.Registry;
using EtchStream.Oci.Tests.Content;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

/// <summary>Whatever goes wrong on the way ends in the right bytes or the right error.</summary>
public sealed class RegistryFaultTests : RegistryTestBase
{
    private Descriptor Layer => new(MediaTypes.OciLayerGzip, Digest.Sha256(Image.LayerBlobs[0]), Image.LayerBlobs[0].Length);

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Overload_passes_with_patience(int status)
    {
        Server.Fail("/manifests/", Fault.Answer(status), times: 5);
        Server.Fail("/blobs/", Fault.Answer(status), times: 3);
        await SourceAssert.IsAsync(Image, Source, await Source.ResolveAsync(Arm64));
        Assert.Equal(8, Time.Waits.Count);
    }

    [Fact]
    public async Task Patience_ends_after_the_last_retry()
    {
        Server.Fail("/manifests/", Fault.Answer(503, """{"errors":[{"code":"UNAVAILABLE","message":"down for repairs"}]}"""), times: 100);
        var error = await Assert.ThrowsAsync<RegistryException>(() => Source.ResolveAsync(Arm64));
        Assert.True(error.IsTransient);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Contains("UNAVAILABLE down for repairs", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, Server.Requests.Count);
        Assert.All(Time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task The_wait_the_registry_asks_for_is_kept()
    {
        Server.Fail("/manifests/", Fault.Answer(429, retryAfter: "17"));
        Server.Fail("/manifests/", Fault.Answer(503, retryAfter: "Wed, 01 Jan 2025 00:01:17 GMT"));
        await Source.ResolveAsync(Arm64);
        // The clock starts at midnight and has moved by the first wait when the date comes.
        Assert.Equal([TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(60)], Time.Waits);
    }

    [Fact]
    public async Task A_wait_of_hours_is_an_error_at_once()
    {
        Server.Fail("/manifests/", Fault.Answer(429, retryAfter: "7200"), times: 9);
        var error = await Assert.ThrowsAsync<RegistryException>(() => Source.ResolveAsync(Arm64));
        Assert.Equal(TimeSpan.FromHours(2), error.RetryAfter);
        Assert.Contains("limits the rate", error.Message, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(501)]
    public async Task Other_refusals_are_not_retried(int status)
    {
        Server.Fail("/manifests/", Fault.Answer(status, "<html>no</html>"), times: 9);
        var error = await Assert.ThrowsAsync<RegistryException>(() => Source.ResolveAsync(Arm64));
        Assert.Equal(status, (int)error.StatusCode!);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_manifest_cut_off_is_asked_for_again()
    {
        Server.Fail("/manifests/", Fault.ResetAfter(40), times: 2);
        Assert.Equal(Image.ImageId, (await Source.ResolveAsync(Arm64)).Config.ImageId);
    }

    [Theory]
    [InlineData(CutKind.Reset, false)]
    [InlineData(CutKind.End, false)]
    [InlineData(CutKind.Reset, true)]
    public async Task A_broken_blob_is_resumed_where_it_broke(CutKind kind, bool ignoresRange)
    {
        Server.Fail("/blobs/", new Fault { CutAfter = 100_000, Cut = kind, HidesLength = kind == CutKind.End });
        Server.Fail("/blobs/", new Fault { CutAfter = ignoresRange ? 200_000 : 100_000, Cut = kind, HidesLength = kind == CutKind.End, IgnoresRange = ignoresRange });
        Server.Fail("/blobs/", new Fault { IgnoresRange = ignoresRange });
        Assert.Equal(Image.LayerBlobs[0], await SourceAssert.ReadAsync(Source, Layer));
        var ranges = Server.Requests.Select(r => r.Range).ToArray();
        Assert.Equal(3, ranges.Length);
        Assert.Null(ranges[0]);
        // How much of what was sent before a reset still arrives is the network's affair; that it goes on from there is ours.
        var starts = ranges.Skip(1).Select(r => int.Parse(r!["bytes=".Length..^1])).ToArray();
        Assert.InRange(starts[0], 1, 100_000);
        Assert.InRange(starts[1], starts[0], 200_000);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_last_byte_has_done_its_work()
    {
        Server.Fail("/blobs/", new Fault { CutAfter = (int)Layer.Size, Cut = CutKind.Reset, HidesLength = true });
        await using var stream = await Source.OpenBlobAsync(Layer);
        var content = new byte[Layer.Size];
        await stream.ReadExactlyAsync(content);
        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
        Assert.Equal(Image.LayerBlobs[0], content);
    }

    [Fact]
    public async Task A_blob_that_breaks_without_end_is_given_up()
    {
        Server.Fail("/blobs/", new Fault { CutAfter = 1, Cut = CutKind.End, HidesLength = true }, times: 100_000);
        var error = await Assert.ThrowsAsync<RegistryException>(() => SourceAssert.ReadAsync(Source, Layer));
        Assert.True(error.IsTransient);
        Assert.InRange(Server.Requests.Count, 2, 10);
    }

    [Fact]
    public async Task A_connection_that_falls_silent_is_given_up_and_resumed()
    {
        Server.Fail("/blobs/", Fault.HangAfter(50_000));
        await using var stream = await Source.OpenBlobAsync(Layer);
        var content = new byte[Layer.Size];
        await stream.ReadExactlyAsync(content.AsMemory(0, 50_000));
        var rest = stream.ReadExactlyAsync(content.AsMemory(50_000)).AsTask();
        while (Time.Pending == 0) await Task.Delay(1);
        Time.Advance(Stall);
        await rest;
        Assert.Equal(Image.LayerBlobs[0], content);
        Assert.Equal([null, "bytes=50000-"], Server.Requests.Select(r => r.Range));
    }

    [Fact]
    public async Task A_registry_that_never_answers_is_given_up()
    {
        Server.Fail("/manifests/", new Fault { CutAfter = 0, Cut = CutKind.Hang }, times: 100);
        var resolve = Source.ResolveAsync(Arm64);
        while (!resolve.IsCompleted)
        {
            if (Time.Pending > 0) Time.Advance(Stall);
            await Task.Delay(5);
        }
        var error = await Assert.ThrowsAsync<RegistryException>(() => resolve);
        Assert.Contains("nothing came for 61 seconds", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blob_with_a_flipped_bit_fails_and_is_not_retried(bool resumed)
    {
        if (resumed) Server.Fail("/blobs/", Fault.ResetAfter(100_000));
        Server.Fail("/blobs/", Fault.FlipBit(250_000), times: 10);
        await Assert.ThrowsAsync<DigestMismatchException>(() => SourceAssert.ReadAsync(Source, Layer));
        Assert.Equal(resumed ? 2 : 1, Server.Requests.Count);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(1_000_000, true)]
    public async Task A_blob_that_is_too_long_fails(int by, bool hidesLength)
    {
        Server.Fail("/blobs/", Fault.Append(by, hidesLength), times: 10);
        await Assert.ThrowsAsync<DigestMismatchException>(() => SourceAssert.ReadAsync(Source, Layer));
    }

    [Fact]
    public async Task A_blob_that_is_too_short_fails()
    {
        Server.Fail("/blobs/", new Fault { Change = content => content[..^1] }, times: 10);
        await Assert.ThrowsAsync<DigestMismatchException>(() => SourceAssert.ReadAsync(Source, Layer));
    }

    [Fact]
    public async Task A_range_other_than_the_one_asked_for_is_refused()
    {
        Server.Fail("/blobs/", Fault.ResetAfter(100_000));
        Server.Fail("/blobs/", new Fault { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Range"] = "bytes 0-9/10" } });
        var error = await Assert.ThrowsAsync<RegistryException>(() => SourceAssert.ReadAsync(Source, Layer));
        Assert.Contains("bytes 0-9/10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_with_a_flipped_bit_fails()
    {
        Server.Fail("/blobs/", Fault.FlipBit(20));
        await Assert.ThrowsAsync<DigestMismatchException>(() => Source.ResolveAsync(Arm64));
    }

    [Fact]
    public async Task A_manifest_that_is_not_what_its_digest_says_fails()
    {
        Server.Fail("/manifests/", Fault.FlipBit(20), times: 9);
        await Assert.ThrowsAsync<DigestMismatchException>(() => Client.Open(Server.Reference($"acme/app@{Image.ManifestDigest}")).ResolveAsync(Arm64));
    }

    [Fact]
    public async Task A_manifest_that_is_not_what_the_registry_itself_says_fails()
    {
        Server.Fail("/manifests/", new Fault { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Docker-Content-Digest"] = Digest.Sha256("x"u8).ToString() } });
        await Assert.ThrowsAsync<DigestMismatchException>(() => Source.ResolveAsync(Arm64));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endless_manifest_is_cut_off(bool hidesLength)
    {
        Server.Fail("/manifests/", Fault.Append(5 << 20, hidesLength));
        Assert.Contains("more than 4194304", (await Assert.ThrowsAsync<CorruptImageException>(() => Source.ResolveAsync(Arm64))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1")]
    [InlineData("application/vnd.acme.thing+json", "came as")]
    [InlineData("text/html", "came as")]
    public async Task A_wrong_media_type_is_refused(string type, string reason)
    {
        Server.Fail("/manifests/", Fault.ContentType(type));
        var error = await Record.ExceptionAsync(() => Source.ResolveAsync(Arm64));
        Assert.True(error is CorruptImageException or UnsupportedImageException, error?.ToString());
        Assert.Contains(reason, error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_media_type_with_parameters_is_still_itself()
    {
        Server.Fail("/manifests/", Fault.ContentType(MediaTypes.OciManifest + "; charset=utf-8"));
        Assert.Equal(Image.ImageId, (await Source.ResolveAsync(Arm64)).Config.ImageId);
    }

    [Fact]
    public async Task A_registry_that_is_gone_is_a_transient_error_that_names_it()
    {
        var reference = Server.Reference("acme/app:1");
        await Server.DisposeAsync();
        var error = await Assert.ThrowsAsync<RegistryException>(() => Client.Open(reference).ResolveAsync(Arm64));
        Assert.True(error.IsTransient);
        Assert.Contains(reference.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains($"({reference.Host}); is the registry running", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Time.Waits.Count);
    }
}
