using EtchStream.Oci.Registry;
using EtchStream.Oci.Tests.Content;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

public sealed class RegistryRedirectTests : RegistryTestBase
{
    private LoopbackRegistry _storage = null!;

    private protected override LoopbackRegistryOptions ServerOptions => new() { Login = RegistryLogin.Bearer };

    private Descriptor Layer => new(MediaTypes.OciLayerGzip, Digest.Sha256(Image.LayerBlobs[0]), Image.LayerBlobs[0].Length);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _storage = await LoopbackRegistry.StartAsync();
        _storage.Add("any", Image);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _storage.DisposeAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_to_another_host_is_followed_without_credentials(int status)
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", Fault.Redirect($"{_storage.Url}/bucket/{Layer.Digest}?signature=1", status));
        Assert.Equal(Image.LayerBlobs[0], await SourceAssert.ReadAsync(Source, Layer));
        Assert.NotNull(Server.Requests[^1].Authorization);
        var stored = Assert.Single(_storage.Requests);
        Assert.Null(stored.Authorization);
        Assert.Equal("?signature=1", stored.Query);
    }

    [Fact]
    public async Task A_redirect_on_the_same_host_keeps_the_credentials()
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/acme/app/blobs/", Fault.Redirect($"/v2/other/blobs/{Layer.Digest}"));
        Assert.Equal(Image.LayerBlobs[0], await SourceAssert.ReadAsync(Source, Layer));
        Assert.Equal(Server.Requests[^2].Authorization, Server.Requests[^1].Authorization);
        Assert.NotNull(Server.Requests[^1].Authorization);
    }

    [Fact]
    public async Task A_way_back_to_the_first_host_does_not_get_the_credentials_back()
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/acme/app/blobs/", Fault.Redirect($"{_storage.Url}/detour"));
        _storage.Fail("/detour", Fault.Redirect($"{Server.Url}/v2/acme/app/tags/list"));
        await Assert.ThrowsAsync<RegistryException>(() => Source.OpenBlobAsync(Layer));
        Assert.Contains(Server.Requests, r => r.Path.EndsWith("/tags/list", StringComparison.Ordinal) && r.Authorization is null);
    }

    [Fact]
    public async Task A_resumed_blob_asks_the_registry_for_a_new_address()
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", Fault.Redirect($"{_storage.Url}/first/{Layer.Digest}"));
        Server.Fail("/blobs/", Fault.Redirect($"{_storage.Url}/second/{Layer.Digest}"));
        _storage.Fail("/first/", Fault.ResetAfter(100_000));
        Assert.Equal(Image.LayerBlobs[0], await SourceAssert.ReadAsync(Source, Layer));
        Assert.Equal([null, "/second/"], _storage.Requests.Select(r => r.Range is null ? null : r.Path[..8]));
    }

    [Fact]
    public async Task Another_hosts_challenge_is_not_answered()
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", Fault.Redirect($"{_storage.Url}/bucket/{Layer.Digest}"));
        _storage.Fail("/bucket/", new Fault { Status = 401, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["WWW-Authenticate"] = "Basic realm=\"x\"" } });
        await Assert.ThrowsAsync<RegistryException>(() => Source.OpenBlobAsync(Layer));
        Assert.All(_storage.Requests, r => Assert.Null(r.Authorization));
    }

    [Fact]
    public async Task Redirects_without_end_are_an_error()
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", Fault.Redirect($"/v2/acme/app/blobs/{Layer.Digest}"), times: 1000);
        Assert.Contains("redirects", (await Assert.ThrowsAsync<RegistryException>(() => Source.OpenBlobAsync(Layer))).Message, StringComparison.Ordinal);
        Assert.InRange(Server.Requests.Count, 10, 20);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/x")]
    public async Task A_redirect_to_another_scheme_is_refused(string location)
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", Fault.Redirect(location));
        Assert.Contains("refused", (await Assert.ThrowsAsync<RegistryException>(() => Source.OpenBlobAsync(Layer))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_to_nowhere_is_an_error()
    {
        await Source.ResolveAsync(Arm64);
        Server.Fail("/blobs/", new Fault { Status = 307 });
        Assert.Contains("without an address", (await Assert.ThrowsAsync<RegistryException>(() => Source.OpenBlobAsync(Layer))).Message, StringComparison.Ordinal);
    }
}
