using System.Net;
using EtchStream.Oci.Registry;
using EtchStream.Oci.Tests.Content;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

public sealed class RegistryLoginTests
{
    private readonly TestImage _image = TestImage.Create("linux/arm64", [TestImage.LayerTar(1), TestImage.LayerTar(2)]);
    private readonly TestTimeProvider _time = new(TimeSpan.FromSeconds(61));

    [Theory]
    [InlineData(RegistryLogin.Basic)]
    [InlineData(RegistryLogin.Bearer)]
    public async Task The_right_password_opens_the_registry(RegistryLogin login)
    {
        await using var server = await StartAsync(new() { Login = login, User = "me", Password = "pass:word ü" });
        using var client = Client(new Fixed(RegistryCredential.Password("me", "pass:word ü")));
        await PullAsync(server, client);
        // One challenge, and what answered it serves all that follows.
        Assert.Single(server.Requests, r => r.Authorization is null);
        Assert.Equal(login == RegistryLogin.Bearer ? 1 : 0, server.Requests.Count(r => r.Path is "/token"));
    }

    [Fact]
    public async Task Anonymous_tokens_are_fetched_for_pulling_this_repository_alone()
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer });
        using var client = Client(credentials: null);
        await PullAsync(server, client);
        var token = Assert.Single(server.Requests, r => r.Path is "/token");
        Assert.Null(token.Authorization);
        // The challenge asked for the scope repository:everything:push,pull.
        Assert.Equal("?service=test%20service&scope=repository%3Aacme%2Fapp%3Apull", token.Query);
    }

    [Theory]
    [InlineData(RegistryLogin.Basic)]
    [InlineData(RegistryLogin.Bearer)]
    public async Task A_wrong_password_is_an_error_that_says_what_to_do_and_not_the_password(RegistryLogin login)
    {
        await using var server = await StartAsync(new() { Login = login, User = "me", Password = "right" });
        using var client = Client(new Fixed(RegistryCredential.Password("me", "wr0ng")));
        var error = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server, client));
        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        Assert.Equal(["UNAUTHORIZED"], error.Codes);
        Assert.Contains("--registry-config", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task Basic_without_credentials_says_what_to_do()
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Basic, User = "me" });
        using var client = Client(credentials: null);
        Assert.Contains("docker login", (await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server, client))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RegistryLogin.Basic)]
    [InlineData(RegistryLogin.Bearer)]
    public async Task A_registry_that_refuses_everything_does_not_keep_the_client_going(RegistryLogin login)
    {
        await using var server = await StartAsync(new() { Login = login, User = "me", Password = "p", RefusesAll = true });
        using var client = Client(new Fixed(RegistryCredential.Password("me", "p")));
        var error = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server, client));
        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
        Assert.InRange(server.Requests.Count, 2, 4);
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_for_access_tokens()
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer, User = "me", IdentityToken = "refresh-1", TokenAnswer = """{"access_token":"{0}","expires_in":300}""" });
        using var client = Client(new Fixed(RegistryCredential.IdentityToken("refresh-1")));
        await PullAsync(server, client);
        var token = Assert.Single(server.Requests, r => r.Path is "/token");
        Assert.Equal("POST", token.Method);
        Assert.Contains("grant_type=refresh_token", token.Form, StringComparison.Ordinal);
        Assert.Contains("scope=repository%3Aacme%2Fapp%3Apull", token.Form, StringComparison.Ordinal);
        Assert.Null(token.Authorization);
    }

    [Fact]
    public async Task An_expired_token_is_renewed_before_it_is_refused()
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer });
        using var client = Client(credentials: null);
        await PullAsync(server, client);
        _time.Advance(TimeSpan.FromSeconds(296));
        server.RevokeTokens();
        await PullAsync(server, client);
        Assert.Equal(2, server.Requests.Count(r => r.Path is "/token"));
        Assert.DoesNotContain(server.Requests.SkipWhile(r => r.Authorization is null), r => r.Path is "/token" && r.Authorization is not null);
    }

    [Fact]
    public async Task A_token_that_is_revoked_early_is_renewed_once_for_all()
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer });
        using var client = Client(credentials: null);
        var source = client.Open(server.Reference("acme/app:1"));
        var image = await source.ResolveAsync(platform: null);
        server.RevokeTokens();
        await Task.WhenAll(Enumerable.Repeat(image.Layers, 4).SelectMany(l => l).Select(l => SourceAssert.ReadAsync(source, l.Blob)));
        Assert.Equal(2, server.Requests.Count(r => r.Path is "/token"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"token":7}""")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"a\r\nX-Evil: 1"}""")]
    [InlineData("""{"token":"a b"}""")]
    public async Task A_senseless_token_answer_is_a_clear_error(string answer)
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer, TokenAnswer = answer });
        using var client = Client(credentials: null);
        Assert.Contains("token", (await Assert.ThrowsAsync<CorruptImageException>(() => PullAsync(server, client))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"token":"{0}","expires_in":-5}""")]
    [InlineData("""{"token":"{0}","expires_in":9223372036854775807}""")]
    [InlineData("""{"token":"{0}"}""")]
    public async Task Absurd_lifetimes_do_no_harm(string answer)
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer, TokenAnswer = answer });
        using var client = Client(credentials: null);
        await PullAsync(server, client);
    }

    [Theory]
    [InlineData("ftp://example.org/token")]
    [InlineData("/token")]
    [InlineData("")]
    [InlineData("file:///etc/passwd")]
    public async Task A_realm_that_is_no_web_address_is_refused(string realm)
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer, Realm = realm });
        using var client = Client(new Fixed(RegistryCredential.Password("me", "p")));
        var error = await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server, client));
        Assert.Equal(HttpStatusCode.Unauthorized, error.StatusCode);
    }

    [Fact]
    public async Task A_failing_token_service_is_tried_again()
    {
        await using var server = await StartAsync(new() { Login = RegistryLogin.Bearer });
        server.Fail("/token", Fault.Answer(503), times: 2);
        using var client = Client(credentials: null);
        await PullAsync(server, client);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Theory]
    [InlineData("Negotiate")]
    [InlineData("")]
    public async Task An_unknown_way_to_log_in_is_named_as_such(string challenge)
    {
        await using var server = await StartAsync(new());
        server.Fail("/manifests/", new Fault { Status = 401, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["WWW-Authenticate"] = challenge } });
        using var client = Client(new Fixed(RegistryCredential.Password("me", "p")));
        Assert.Contains("Basic and Bearer are", (await Assert.ThrowsAsync<RegistryException>(() => PullAsync(server, client))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bearer_is_preferred_where_both_are_offered()
    {
        await using var tokens = await StartAsync(new() { Login = RegistryLogin.Bearer });
        var challenge = $"Basic realm=\"x\", Bearer realm=\"{tokens.Url}/token\",service=\"a\\\"b,c\"";
        tokens.Fail("/manifests/", new Fault { Status = 401, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["WWW-Authenticate"] = challenge } });
        using var client = Client(credentials: null);
        await PullAsync(tokens, client);
        Assert.Contains(tokens.Requests, r => r.Path is "/token" && r.Query.Contains("service=a%22b%2Cc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_are_not_looked_for_where_none_are_asked()
    {
        await using var server = await StartAsync(new());
        var credentials = new Fixed(RegistryCredential.Password("me", "p"));
        using var client = Client(credentials);
        await PullAsync(server, client);
        Assert.Equal(0, credentials.Asked);
        Assert.All(server.Requests, r => Assert.Null(r.Authorization));
    }

    private async Task<LoopbackRegistry> StartAsync(LoopbackRegistryOptions options)
    {
        var server = await LoopbackRegistry.StartAsync(options);
        server.Add("acme/app", _image, "1");
        return server;
    }

    private RegistryClient Client(ICredentialProvider? credentials) =>
        new(new RegistryOptions { Credentials = credentials, TimeProvider = _time, StallTimeout = TimeSpan.FromSeconds(61) });

    private async Task PullAsync(LoopbackRegistry server, RegistryClient client)
    {
        var source = client.Open(server.Reference("acme/app:1"));
        await SourceAssert.IsAsync(_image, source, await source.ResolveAsync(Platform.Parse("linux/arm64")));
    }

    private sealed class Fixed(RegistryCredential credential) : ICredentialProvider
    {
        public int Asked { get; private set; }

        public Task<RegistryCredential?> FindAsync(string host, string repository, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult<RegistryCredential?>(credential);
        }
    }
}
