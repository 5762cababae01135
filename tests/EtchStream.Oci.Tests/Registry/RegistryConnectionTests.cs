using System.Net;
using System.Security.Cryptography.X509Certificates;
using EtchStream.Oci.Http;
using EtchStream.Oci.Registry;
using EtchStream.Oci.Tests.Content;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

/// <summary>TLS, plain HTTP, proxies: how a registry is reached at all.</summary>
public sealed class RegistryConnectionTests : IDisposable
{
    private readonly TestImage _image = TestImage.Create("linux/arm64", [TestImage.LayerTar(1)]);
    private readonly TestTimeProvider _time = new(TimeSpan.FromSeconds(61));
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;

    public RegistryConnectionTests() => (_authority, _certificate) = TestCertificate.Issue("127.0.0.1");

    public void Dispose()
    {
        _authority.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task An_authority_of_the_users_own_is_trusted()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["ca.pem"], "a comment\n" + _authority.ExportCertificatePem());
        await using var server = await StartAsync(new() { Certificate = _certificate });
        using var client = new RegistryClient(Options(authorities: RegistryOptions.LoadCertificateAuthorities(folder["ca.pem"])));
        await PullAsync(server.Host, client);
    }

    [Fact]
    public async Task An_unknown_authority_is_refused_even_on_loopback_and_without_a_fall_back_to_plain_http()
    {
        await using var server = await StartAsync(new() { Certificate = _certificate });
        using var client = new RegistryClient(Options());
        var error = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server.Host, client));
        Assert.Contains("--ca", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Another_authority_is_refused()
    {
        await using var server = await StartAsync(new() { Certificate = _certificate });
        var (other, leaf) = TestCertificate.Issue("127.0.0.1");
        using (other)
        using (leaf)
        using (var client = new RegistryClient(Options(authorities: [other])))
            await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server.Host, client));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var server = await StartAsync(new() { Certificate = _certificate });
        using var client = new RegistryClient(Options(authorities: [_authority]));
        var error = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server.Host.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), client));
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listed_host_is_not_asked_for_its_certificate()
    {
        await using var server = await StartAsync(new() { Certificate = _certificate });
        foreach (var listed in new[] { server.Host, "127.0.0.1" })
        {
            using var client = new RegistryClient(Options(insecure: [listed]));
            await PullAsync(server.Host, client);
        }
        using var other = new RegistryClient(Options(insecure: ["127.0.0.1:1"]));
        await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server.Host, other));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Loopback_needs_no_tls(string name)
    {
        await using var server = await StartAsync(new());
        using var client = new RegistryClient(Options());
        await PullAsync(server.Host.Replace("127.0.0.1", name, StringComparison.Ordinal), client);
    }

    [Fact]
    public async Task Plain_http_to_any_other_host_is_for_listed_hosts_only()
    {
        // The proxy lets a name be used that no name server knows.
        await using var server = await StartAsync(new());
        var proxy = new WebProxy(server.Url);
        using var listed = new RegistryClient(Options(insecure: ["registry.example"], proxy: proxy));
        await PullAsync("registry.example", listed);
        Assert.All(server.Requests.Where(r => r.Path.StartsWith("/v2/", StringComparison.Ordinal)), r => Assert.Equal("registry.example", r.Host));

        var before = server.Requests.Count;
        using var other = new RegistryClient(Options(proxy: proxy));
        await Assert.ThrowsAsync<RegistryException>(() => PullAsync("registry.example", other));
        Assert.DoesNotContain(server.Requests.Skip(before), r => r.Path.StartsWith("/v2/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_tls_neither_tokens_nor_blobs_are_fetched_without_it()
    {
        await using var plain = await StartAsync(new());
        await using var server = await StartAsync(new() { Certificate = _certificate, Login = RegistryLogin.Bearer, Realm = plain.Url + "/token" });
        using var client = new RegistryClient(Options(authorities: [_authority]));
        Assert.Contains("not https", (await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server.Host, client))).Message, StringComparison.Ordinal);

        await using var open = await StartAsync(new() { Certificate = _certificate });
        open.Fail("/blobs/", Fault.Redirect($"{plain.Url}/v2/x/blobs/{_image.ImageId}"));
        Assert.Contains("from https to http", (await Assert.ThrowsAsync<RegistryException>(() => PullAsync(open.Host, client))).Message, StringComparison.Ordinal);
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public void The_environments_proxy_is_not_for_loopback_addresses()
    {
        var proxy = new LoopbackBypass(new WebProxy("http://proxy.example:3128"));
        foreach (var local in new[] { "http://127.0.0.1:5000/v2/", "https://localhost/", "http://[::1]:5000/" })
        {
            Assert.True(proxy.IsBypassed(new Uri(local)));
            Assert.Null(proxy.GetProxy(new Uri(local)));
        }
        Assert.Equal("http://proxy.example:3128/", proxy.GetProxy(new Uri("https://ghcr.io/v2/"))!.ToString());
    }

    [Fact]
    public void Files_that_hold_no_certificate_are_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["empty.pem"], "nothing");
        File.WriteAllText(folder["bad.pem"], "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Assert.Throws<CorruptImageException>(() => RegistryOptions.LoadCertificateAuthorities(folder["empty.pem"]));
        Assert.Throws<CorruptImageException>(() => RegistryOptions.LoadCertificateAuthorities(folder["bad.pem"]));
    }

    [Theory]
    [InlineData("docker.io", "https://registry-1.docker.io/")]
    [InlineData("ghcr.io", "https://ghcr.io/")]
    [InlineData("h.x:5000", "https://h.x:5000/")]
    [InlineData("[::1]:5000", "https://[::1]:5000/")]
    public void A_host_has_its_registry_at_its_own_address_except_docker_hub(string host, string address) =>
        Assert.Equal(address, RegistryEndpoint.Secure(host, skipsCertificateCheck: false).BaseUri.ToString());

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:5000", true)]
    [InlineData("127.1.2.3:1", true)]
    [InlineData("[::1]:5000", true)]
    [InlineData("[::1]", true)]
    [InlineData("128.0.0.1", false)]
    [InlineData("localhost.example", false)]
    [InlineData("127.0.0.1.example", false)]
    [InlineData("[fd00::1]:5000", false)]
    public void Loopback_is_told_from_what_looks_like_it(string host, bool isLoopback) => Assert.Equal(isLoopback, RegistryEndpoint.IsLoopback(host));

    private async Task<LoopbackRegistry> StartAsync(LoopbackRegistryOptions options)
    {
        var server = await LoopbackRegistry.StartAsync(options);
        server.Add("acme/app", _image, "1");
        return server;
    }

    private RegistryOptions Options(X509Certificate2Collection? authorities = null, string[]? insecure = null, IWebProxy? proxy = null) => new()
    {
        CertificateAuthorities = authorities,
        InsecureHosts = insecure ?? [],
        Proxy = proxy,
        TimeProvider = _time,
        StallTimeout = TimeSpan.FromSeconds(61)
    };

    private async Task PullAsync(string host, RegistryClient client)
    {
        var source = client.Open(ImageReference.Parse($"{host}/acme/app:1"));
        await SourceAssert.IsAsync(_image, source, await source.ResolveAsync(Platform.Parse("linux/arm64")));
    }
}
