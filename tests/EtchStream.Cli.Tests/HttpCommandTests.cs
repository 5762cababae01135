using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.TestKit.Web;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Archives from a web server, by the program as users run it.</summary>
public sealed class HttpCommandTests : IAsyncLifetime
{
    // Time for the client to read what was sent.
    private static readonly TimeSpan Read = TimeSpan.FromMilliseconds(300);

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _image = new byte[6 << 20];
    private byte[] _archive = [];
    private WebServer _server = null!;

    public async Task InitializeAsync()
    {
        new Random(5).NextBytes(_image.AsSpan(700_000, 4_900_000));
        File.WriteAllBytes(_folder["disk.img"], _image);
        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["a.tar"]).Succeeded();
        _archive = File.ReadAllBytes(_folder["a.tar"]);
        _server = await WebServer.StartAsync(resetDelay: Read);
        _server.Put("/a.tar", new WebFile(_archive) { ETag = "\"1\"" });
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void It_is_unpacked_also_when_the_connection_is_lost()
    {
        _server.Fail(Fault.ResetAfter(3_000_000));
        var result = CliProcess.Run("unpack", _server.Url + "/a.tar", _folder["flashed"]).Succeeded();
        Assert.Contains("the connection was lost and taken up again once", result.Error, StringComparison.Ordinal);
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
    }

    [Fact]
    public void It_can_be_looked_into()
    {
        var result = CliProcess.Run("inspect", _server.Url + "/a.tar").Succeeded();
        Assert.Contains("disk.img", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/none.tar", 6, "404")]
    [InlineData("/page.html", 6, "a web page")]
    [InlineData("/packed.tar", 4, "content encoding br")]
    [InlineData("/cut.tar", 3, "truncated")]
    [InlineData("/lie.tar", 3, "gzip")]
    [InlineData("/empty.tar", 3, "it is empty")]
    public void What_does_not_work_has_its_exit_code_and_one_line(string path, int code, string expected)
    {
        _server.Put("/page.html", new WebFile("<html>"u8.ToArray()) { ContentType = "text/html" });
        _server.Put("/packed.tar", new WebFile(_archive) { ContentEncoding = "br" });
        _server.Put("/cut.tar", new WebFile(_archive[..4_000_000]) { ETag = "\"2\"" });
        _server.Put("/lie.tar", new WebFile(_archive) { ContentEncoding = "gzip" });
        _server.Put("/empty.tar", new WebFile([]));
        var result = Fails(code, "unpack", _server.Url + path, _folder["flashed"]);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.Contains(_server.Url + path, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://host/a.tar", "ftp:// is not supported")]
    [InlineData("file:///a.tar", "without file://")]
    [InlineData("https://me:geheim@", "not a valid https address")]
    public void Another_address_is_a_matter_of_usage(string url, string expected)
    {
        var result = Fails(2, "unpack", url, _folder["flashed"]);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_is_only_for_https() => Assert.Contains("--ca", Fails(2, "unpack", _folder["a.tar"], _folder["flashed"], "--ca", _folder["a.tar"]).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("none", false)]
    [InlineData("address", true)]
    [InlineData("netrc", true)]
    [InlineData("netrc, by user", true)]
    [InlineData("wrong", false)]
    public void A_password_is_sent_and_never_shown(string from, bool succeeds)
    {
        _server.Login = "me:geheim";
        File.WriteAllText(_folder["netrc"], "machine 127.0.0.1 login other password geheim-other\nmachine 127.0.0.1 login me password geheim\n");
        File.WriteAllText(_folder["netrc1"], "machine 127.0.0.1 login me password geheim\n");
        var address = _server.Url.Replace("://", from switch { "address" => "://me:geheim@", "wrong" => "://me:geheim-too@", "netrc, by user" => "://me@", _ => "://" }, StringComparison.Ordinal) + "/a.tar?token=geheim";
        var call = new HostToolCall(EtchStreamProgram.Path, ["unpack", address, _folder["flashed"], "--verbose", "--progress", "plain"])
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["NETRC"] = from switch { "netrc" => _folder["netrc1"], "netrc, by user" => _folder["netrc"], _ => "/dev/null" } },
        };
        var result = HostTool.Run(call);
        Assert.Equal(succeeds ? 0 : 6, result.ExitCode);
        Assert.Equal(succeeds, File.Exists(_folder["flashed"]));
        Assert.DoesNotContain("geheim", result.Error + result.Output, StringComparison.Ordinal);
        if (!succeeds) Assert.Contains("401", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_followed_but_the_password_stays_behind()
    {
        await using var other = await WebServer.StartAsync(resetDelay: Read);
        other.Put("/real.tar", new WebFile(_archive) { ETag = "\"9\"" });
        _server.Login = null;
        _server.Fail(Fault.Redirect(other.Url + "/real.tar?signature=x", 302), Fault.Redirect(other.Url + "/real.tar?signature=y", 302));
        other.Fail(Fault.ResetAfter(3_000_000));
        var url = _server.Url.Replace("://", "://me:geheim@", StringComparison.Ordinal) + "/a.tar";
        CliProcess.Run("unpack", url, _folder["flashed"]).Succeeded();
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
        // The rest is asked for at the address that the user gave: where it leads may have expired.
        Assert.Equal(2, _server.Requests.Count);
        Assert.All(_server.Requests, r => Assert.NotNull(r.Authorization));
        Assert.Equal(["/real.tar?signature=x", "/real.tar?signature=y"], other.Requests.Select(r => r.Target));
        Assert.All(other.Requests, r => Assert.Null(r.Authorization));
    }

    [Fact]
    public void Redirects_end_somewhere()
    {
        _server.Fail([.. Enumerable.Repeat(Fault.Redirect("/a.tar"), 20)]);
        Assert.Contains("more than 10 redirects", Fails(6, "unpack", _server.Url + "/a.tar", _folder["flashed"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_TLS_an_authority_of_ones_own_has_to_be_named()
    {
        var (authority, leaf) = TestCertificate.Issue("127.0.0.1");
        await File.WriteAllTextAsync(_folder["ca.pem"], authority.ExportCertificatePem());
        var (stranger, _) = TestCertificate.Issue("127.0.0.1");
        await File.WriteAllTextAsync(_folder["stranger.pem"], stranger.ExportCertificatePem());
        await using var server = await WebServer.StartAsync(leaf, Read);
        server.Put("/a.tar", new WebFile(_archive) { ETag = "\"1\"" });
        Assert.Contains("give that with --ca", Fails(6, "unpack", server.Url + "/a.tar", _folder["flashed"]).Error, StringComparison.Ordinal);
        Assert.Contains("--ca", Fails(6, "unpack", server.Url + "/a.tar", _folder["flashed"], "--ca", _folder["stranger.pem"]).Error, StringComparison.Ordinal);
        Fails(3, "unpack", server.Url + "/a.tar", _folder["flashed"], "--ca", _folder["a.tar"]);
        Assert.Empty(server.Requests);

        server.Fail(Fault.ResetAfter(3_000_000));
        CliProcess.Run("unpack", server.Url + "/a.tar", _folder["flashed"], "--ca", _folder["ca.pem"]).Succeeded();
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));

        File.Delete(_folder["flashed"]);

        // A way that began with TLS does not go on without.
        server.Fail(Fault.Redirect(_server.Url + "/a.tar"));
        Assert.Contains("refused to follow a redirect from https to http", Fails(6, "unpack", server.Url + "/a.tar", _folder["flashed"], "--ca", _folder["ca.pem"]).Error, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [ToolFact("kill")]
    public async Task A_signal_ends_the_wait_for_a_silent_server()
    {
        _server.Fail(Fault.HangAfter(3_000_000));
        using var process = CliProcess.Start("unpack", _server.Url + "/a.tar", _folder["flashed"]);
        var error = process.StandardError.ReadToEndAsync();
        while (_server.Requests.Count == 0) await Task.Delay(20);
        await Task.Delay(500);
        HostTool.RunOk("kill", "-INT", $"{process.Id}");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("interrupted", await error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["flashed"]));
    }

    private HostToolResult Fails(int code, params string[] arguments)
    {
        var result = CliProcess.Run(arguments);
        Assert.True(code == result.ExitCode, $"exit code {result.ExitCode}: {result.Error}");
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(File.Exists(_folder["flashed"]));
        return result;
    }
}
