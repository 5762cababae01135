using System.Text;
using EtchStream.Oci.Registry;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

public sealed class DockerConfigCredentialsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ghcr.io", "ghcr.io", "acme/app")]
    [InlineData("https://ghcr.io", "ghcr.io", "acme/app")]
    [InlineData("https://ghcr.io/v2/", "ghcr.io", "acme/app")]
    [InlineData("ghcr.io/v1", "ghcr.io", "acme/app")]
    [InlineData("ghcr.io/acme", "ghcr.io", "acme/app")]
    [InlineData("ghcr.io/acme/app", "ghcr.io", "acme/app")]
    [InlineData("https://index.docker.io/v1/", "docker.io", "library/alpine")]
    [InlineData("docker.io", "docker.io", "library/alpine")]
    [InlineData("registry-1.docker.io", "docker.io", "library/alpine")]
    [InlineData("localhost:5000", "localhost:5000", "x")]
    public async Task Keys_in_all_their_spellings_are_found(string key, string host, string repository)
    {
        var found = await Load($$"""{"auths":{"{{key}}":{"auth":"{{Base64("me:se:cret")}}"} } }""").FindAsync(host, repository, default);
        Assert.Equal(("me", "se:cret", false), (found!.UserName, found.Secret, found.IsIdentityToken));
        Assert.DoesNotContain("cret", found.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ghcr.io", "quay.io", "acme/app")]
    [InlineData("ghcr.io/acme", "ghcr.io", "acme2/app")]
    [InlineData("ghcr.io/acme/app", "ghcr.io", "acme")]
    [InlineData("ghcr.io:443", "ghcr.io", "acme")]
    public async Task Other_hosts_and_repositories_get_nothing(string key, string host, string repository) =>
        Assert.Null(await Load($$"""{"auths":{"{{key}}":{"auth":"{{Base64("me:x")}}"} } }""").FindAsync(host, repository, default));

    [Fact]
    public async Task The_longest_path_wins()
    {
        var credentials = Load($$"""{"auths":{"h.x":{"auth":"{{Base64("a:1")}}"},"h.x/p":{"auth":"{{Base64("b:1")}}"},"h.x/p/q":{"auth":"{{Base64("c:1")}}"} } }""");
        Assert.Equal("c", (await credentials.FindAsync("h.x", "p/q", default))!.UserName);
        Assert.Equal("b", (await credentials.FindAsync("h.x", "p/r", default))!.UserName);
        Assert.Equal("a", (await credentials.FindAsync("h.x", "r", default))!.UserName);
    }

    [Fact]
    public async Task Identity_tokens_and_plain_names_are_read_too()
    {
        var credentials = Load("""{"auths":{"a.x":{"identitytoken":"T"},"b.x":{"username":"u","password":"p"},"c.x":{}},"HttpHeaders":{"X":"y"} }""");
        var token = await credentials.FindAsync("a.x", "r", default);
        Assert.Equal(("T", true), (token!.Secret, token.IsIdentityToken));
        Assert.Equal("p", (await credentials.FindAsync("b.x", "r", default))!.Secret);
        Assert.Null(await credentials.FindAsync("c.x", "r", default));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"auths":{"h":{"auth":"?SECRET?"} } }""")]
    [InlineData("""{"auths":{"h":{"auth":"U0VDUkVU"} } }""")]
    [InlineData("""{"credHelpers":{"h":7}}""")]
    public void A_malformed_file_is_an_error_that_names_it_and_shows_no_secret(string json)
    {
        var error = Assert.Throws<CorruptImageException>(() => Load(json));
        Assert.Contains(_folder["config.json"], error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_is_asked_for_its_host_and_the_store_for_the_rest()
    {
        var helper = Helper("read server; echo \"{\\\"ServerURL\\\":\\\"$server\\\",\\\"Username\\\":\\\"by-helper\\\",\\\"Secret\\\":\\\"$1 $server\\\"}\"");
        var store = Helper("read server; echo \"{\\\"Username\\\":\\\"<token>\\\",\\\"Secret\\\":\\\"$server\\\"}\"");
        var credentials = Load($$"""{"credHelpers":{"h.x":"{{helper}}"},"credsStore":"{{store}}"}""");
        await WithHelpersAsync(async () =>
        {
            var found = await credentials.FindAsync("h.x", "r", default);
            Assert.Equal(("by-helper", "get h.x"), (found!.UserName, found.Secret));
            var hub = await credentials.FindAsync("docker.io", "library/alpine", default);
            Assert.Equal(("https://index.docker.io/v1/", true), (hub!.Secret, hub.IsIdentityToken));
        });
    }

    [Fact]
    public async Task A_helper_that_knows_nothing_leaves_the_word_to_the_file()
    {
        var helper = Helper("cat >/dev/null; echo credentials not found in native keychain; exit 1");
        var credentials = Load($$"""{"credsStore":"{{helper}}","auths":{"h.x":{"auth":"{{Base64("me:x")}}"} } }""");
        await WithHelpersAsync(async () =>
        {
            Assert.Equal("me", (await credentials.FindAsync("h.x", "r", default))!.UserName);
            Assert.Null(await credentials.FindAsync("other.x", "r", default));
        });
    }

    [Theory]
    [InlineData("cat >/dev/null; echo the keychain is locked; exit 1", "the keychain is locked")]
    [InlineData("exec 0<&-; echo broken >&2; exit 3", "broken")]
    [InlineData("cat >/dev/null; echo nonsense", "not valid JSON")]
    [InlineData("cat >/dev/null; head -c 2000000 /dev/zero", "more than")]
    public async Task A_helper_that_fails_is_a_clear_error(string script, string reason)
    {
        var credentials = Load($$"""{"credsStore":"{{Helper(script)}}"}""");
        await WithHelpersAsync(async () =>
        {
            var error = await Record.ExceptionAsync(() => credentials.FindAsync("h.x", "r", default));
            Assert.True(error is RegistryException or CorruptImageException, error?.ToString());
            Assert.Contains(reason, error!.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_helper_that_is_not_installed_is_named()
    {
        var error = await Assert.ThrowsAsync<RegistryException>(() => Load("""{"credsStore":"etchstream-has-no-such"}""").FindAsync("h.x", "r", default));
        Assert.Contains("docker-credential-etchstream-has-no-such", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a b")]
    [InlineData("a;b")]
    public async Task A_helpers_name_leads_to_no_other_program(string name) =>
        await Assert.ThrowsAsync<CorruptImageException>(() => Load($$"""{"credsStore":"{{name}}"}""").FindAsync("h.x", "r", default));

    private DockerConfigCredentials Load(string json)
    {
        File.WriteAllText(_folder["config.json"], json);
        return DockerConfigCredentials.Load(_folder["config.json"]);
    }

    private string Helper(string script)
    {
        var name = "test-" + Guid.NewGuid().ToString("N");
        var path = _folder["docker-credential-" + name];
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return name;
    }

    // Programs are looked for on this process's PATH; every helper has a name of its own, so that tests do not meet.
    private async Task WithHelpersAsync(Func<Task> test)
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{_folder.FullPath}:{path}");
        try
        {
            await test();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
