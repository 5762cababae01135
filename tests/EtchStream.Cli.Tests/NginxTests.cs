using System.IO.Compression;
using System.Security.Cryptography.X509Certificates;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.TestKit.Web;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Archives from nginx, as Debian ships it.</summary>
public sealed class NginxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _image = new byte[20 << 20];
    private readonly byte[] _archive;

    public NginxTests()
    {
        new Random(5).NextBytes(_image.AsSpan(700_000));
        File.WriteAllBytes(_folder["disk.img"], _image);
        CliProcess.Run("pack", "--image", _folder["disk.img"], "-o", _folder["a.tar"]).Succeeded();
        _archive = File.ReadAllBytes(_folder["a.tar"]);
    }

    public void Dispose() => _folder.Dispose();

    [ToolFact("nginx")]
    public async Task It_is_unpacked()
    {
        await using var nginx = await StartAsync();
        CliProcess.Run("unpack", nginx.Url + "/a.tar", _folder["flashed"]).Succeeded();
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
        Assert.Equal(["200 \"GET /a.tar HTTP/1.1\" \"-\""], nginx.Log);
    }

    [ToolTheory("nginx")]
    [InlineData("limit_rate 20m;", "206 ")]
    [InlineData("limit_rate 20m; etag off;", "206 ")]
    [InlineData("limit_rate 20m; max_ranges 0;", "200 ")]
    public async Task It_is_taken_up_again_after_the_server_was_restarted(string location, string second)
    {
        await using var nginx = await StartAsync(location);
        using var process = await BeginAsync(nginx);
        await nginx.StopAsync();
        await nginx.StartAsync();
        Assert.True(await EndAsync(process) is 0, await process.StandardError.ReadToEndAsync());
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
        Assert.StartsWith(second, nginx.Log[^1], StringComparison.Ordinal);
        Assert.Contains("\"bytes=", nginx.Log[^1], StringComparison.Ordinal);
    }

    [ToolTheory("nginx")]
    [InlineData("limit_rate 20m;", 1, "was changed")]
    [InlineData("limit_rate 20m; etag off;", 1, "was changed")]
    [InlineData("limit_rate 20m;", 0, "was changed")]
    [InlineData("limit_rate 20m; etag off; add_header Last-Modified '';", 1, "download the archive first")]
    public async Task Another_archive_is_not_put_behind_the_first_half(string location, int length, string expected)
    {
        await using var nginx = await StartAsync(location);
        using var process = await BeginAsync(nginx);
        await nginx.StopAsync();
        File.WriteAllBytes(Path.Combine(nginx.Root, "a.tar"), new byte[length * _archive.Length]);
        await nginx.StartAsync();
        Assert.Equal(6, await EndAsync(process));
        Assert.Contains(expected, await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["flashed"]));
    }

    [ToolFact("nginx")]
    public async Task A_content_encoding_that_was_not_asked_for_is_no_part_of_the_archive()
    {
        await using var nginx = await StartAsync("add_header Content-Encoding gzip;");
        await using (var gzip = new GZipStream(File.Create(Path.Combine(nginx.Root, "a.tar.gz")), CompressionLevel.Fastest)) gzip.Write(_archive);
        CliProcess.Run("unpack", nginx.Url + "/a.tar.gz", _folder["flashed"]).Succeeded();
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
    }

    [ToolFact("nginx")]
    public async Task With_TLS_and_a_password()
    {
        var (authority, leaf) = TestCertificate.Issue("127.0.0.1");
        await File.WriteAllTextAsync(_folder["ca.pem"], authority.ExportCertificatePem());
        await File.WriteAllTextAsync(_folder["users"], "station:{PLAIN}geheim\n");
        await using var nginx = await StartAsync($"auth_basic factory; auth_basic_user_file {_folder["users"]};", (leaf.ExportCertificatePem(), leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));
        var address = nginx.Url.Replace("://", "://station:geheim@", StringComparison.Ordinal) + "/a.tar";
        Assert.Equal(6, CliProcess.Run("unpack", address, _folder["flashed"]).ExitCode);
        Assert.Equal(6, CliProcess.Run("unpack", nginx.Url + "/a.tar", _folder["flashed"], "--ca", _folder["ca.pem"]).ExitCode);
        CliProcess.Run("unpack", address, _folder["flashed"], "--ca", _folder["ca.pem"]).Succeeded();
        Assert.Equal(_image, File.ReadAllBytes(_folder["flashed"]));
    }

    private async Task<Nginx> StartAsync(string location = "", (string, string)? certificate = null)
    {
        var nginx = await Nginx.StartAsync(location, certificate);
        var file = Path.Combine(nginx.Root, "a.tar");
        File.WriteAllBytes(file, _archive);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
        return nginx;
    }

    /// <summary>Starts to unpack, and waits until a part has come: the server sends a second long.</summary>
    private async Task<System.Diagnostics.Process> BeginAsync(Nginx nginx)
    {
        var process = CliProcess.Start("unpack", nginx.Url + "/a.tar", _folder["flashed"], "--progress", "plain");
        while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("image: ", StringComparison.Ordinal))
        {
            // Not yet: the image is begun when the first MiB has come.
        }

        return process;
    }

    private static async Task<int> EndAsync(System.Diagnostics.Process process)
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return process.ExitCode;
    }
}
