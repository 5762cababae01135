using System.Diagnostics;
using System.Text;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary><c>pack --container</c> against a registry, as a user sees it.</summary>
public sealed class ContainerCommandTests : IAsyncLifetime
{
    private readonly ContainerDiskFile _disk = new();
    private readonly TestImage _image = TestImage.Create(layers: [TestImage.LayerTar(1, 400_000), TestImage.LayerTar(2), TestImage.LayerTar(3, 400_000)]);
    private LoopbackRegistry _server = null!;

    private string Reference => $"{_server.Host}/acme/app:1";

    public async Task InitializeAsync()
    {
        _server = await LoopbackRegistry.StartAsync();
        _server.Add("acme/app", _image, "1");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _disk.Dispose();
    }

    [ToolFact("mke2fs", "env")]
    public void A_run_tells_what_it_packed_and_one_processor_gives_the_same_bytes()
    {
        Assert.Contains("1 container image of 3 layers", _disk.Pack("--container", Reference, "--platform", "linux/arm64").Succeeded().Error);
        var expected = File.ReadAllBytes(_disk.Output);
        File.Delete(_disk.Output);
        HostTool.RunOk("env", "DOTNET_PROCESSOR_COUNT=1", EtchStreamProgram.Path, "pack", "--image", _disk.Image, "--container", Reference, "-o", _disk.Output);
        Assert.Equal(expected, File.ReadAllBytes(_disk.Output));
    }

    [ToolFact("mke2fs")]
    public void What_is_wrong_in_the_registry_is_told_with_its_exit_code()
    {
        Assert.Contains("acme/app:2", Fails(6, "acme/app:2"));
        Assert.Contains("name and tag right?", Fails(6, "nobody/nothing"));
        Assert.Contains("linux/arm64", _disk.Fails(4, "--container", Reference, "--platform", "linux/amd64"));

        var layer = Oci.Digest.Sha256(_image.LayerBlobs[1]).ToString();
        _server.Fail(layer, Fault.FlipBit(100));
        Assert.Contains(layer, _disk.Fails(3, "--container", Reference));
        _server.Fail(layer, Fault.Answer(403));
        Assert.Contains(layer, _disk.Fails(6, "--container", Reference));
        _server.Add("acme/app", TestImage.Of([(_image.LayerBlobs[0][..^9], Oci.Digest.Sha256(_image.LayerTars[0]))]), "cut");
        Assert.Contains("acme/app:cut", Fails(3, "acme/app:cut"));

        string Fails(int code, string image) => _disk.Fails(code, "--container", $"{_server.Host}/{image}");
    }

    [ToolFact("mke2fs")]
    public async Task A_registry_that_is_not_running_is_told_within_seconds()
    {
        var host = _server.Host;
        await _server.DisposeAsync();
        var watch = Stopwatch.StartNew();
        var error = _disk.Fails(6, "--container", $"{host}/acme/app:1");
        Assert.Contains(host, error);
        Assert.Contains("is the registry running", error);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [ToolTheory("mke2fs")]
    [InlineData(RegistryLogin.Basic)]
    [InlineData(RegistryLogin.Bearer)]
    public async Task Credentials_come_from_the_file_that_is_named(RegistryLogin login)
    {
        await using var server = await LoopbackRegistry.StartAsync(new LoopbackRegistryOptions { Login = login, User = "ann", Password = "secret" });
        server.Add("acme/app", _image, "1");
        var reference = $"{server.Host}/acme/app:1";
        var config = _disk.Folder["config.json"];

        File.WriteAllText(config, "{}");
        Assert.Contains("--registry-config", _disk.Fails(6, "--container", reference, "--registry-config", config));
        WriteAuth("ann:wrong");
        var error = _disk.Fails(6, "--container", reference, "--registry-config", config);
        Assert.Contains(server.Host, error);
        Assert.DoesNotContain("wrong", error);
        WriteAuth("ann:secret");
        _disk.Pack("--container", reference, "--registry-config", config).Succeeded();

        void WriteAuth(string login) => File.WriteAllText(config, $$"""{"auths": {"{{server.Host}}": {"auth": "{{Convert.ToBase64String(Encoding.ASCII.GetBytes(login))}}"} } }""");
    }

    [ToolFact("mke2fs")]
    public async Task A_certificate_is_trusted_by_its_authority_or_by_the_users_word()
    {
        var (authority, certificate) = TestCertificate.Issue("127.0.0.1");
        using var first = authority;
        using var second = certificate;
        await using var server = await LoopbackRegistry.StartAsync(new LoopbackRegistryOptions { Certificate = certificate });
        server.Add("acme/app", _image, "1");
        var reference = $"{server.Host}/acme/app:1";
        File.WriteAllText(_disk.Folder["ca.pem"], authority.ExportCertificatePem());
        var (other, unused) = TestCertificate.Issue("127.0.0.1");
        using var third = other;
        using var fourth = unused;
        File.WriteAllText(_disk.Folder["other.pem"], other.ExportCertificatePem());

        Assert.Contains("--ca", _disk.Fails(6, "--container", reference));
        _disk.Fails(6, "--container", reference, "--ca", _disk.Folder["other.pem"]);
        _disk.Fails(6, "--container", reference, "--insecure-registry", "127.0.0.1:1");
        Assert.Empty(server.Requests);
        _disk.Pack("--container", reference, "--ca", _disk.Folder["ca.pem"]).Succeeded();
        _disk.Pack("--container", reference, "--insecure-registry", server.Host).Succeeded();

        // The certificate is for the address, not for this name of it.
        var named = reference.Replace("127.0.0.1", "localhost");
        File.Delete(_disk.Output);
        Assert.Contains("for this host", _disk.Fails(6, "--container", named, "--ca", _disk.Folder["ca.pem"], "--quiet"));
    }

    [ToolTheory("mke2fs", "kill")]
    [InlineData("/manifests/", "-INT")]
    [InlineData("/blobs/", "-TERM")]
    [InlineData("last layer", "-INT")]
    public async Task A_signal_while_the_registry_hangs_ends_the_run_at_once(string part, string signal)
    {
        if (part == "last layer") part = Oci.Digest.Sha256(_image.LayerBlobs[2]).ToString();
        _server.Fail(part, Fault.HangAfter(100));
        using var process = CliProcess.Start("pack", "--image", _disk.Image, "--container", Reference, "-o", _disk.Output);
        for (var wait = Stopwatch.StartNew(); !_server.Requests.Any(r => r.Path.Contains(part, StringComparison.Ordinal)); await Task.Delay(10))
            Assert.True(wait.Elapsed < TimeSpan.FromMinutes(1), "the registry was not asked");
        await Task.Delay(100);
        HostTool.RunOk("kill", signal, $"{process.Id}");
        var watch = Stopwatch.StartNew();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(130, process.ExitCode);
        Assert.Equal("etchstream: interrupted; nothing was left behind\n", await process.StandardError.ReadToEndAsync());
        Assert.Empty(Directory.GetFileSystemEntries(_disk.Folder["out"]));
    }

    [ToolFact("mke2fs", "sh")]
    public void Standard_output_that_was_begun_does_not_unpack()
    {
        // More than all buffers on the way hold, and so many layers that the last is begun when the first has gone: a part has been
        // written when the fault comes.
        var image = TestImage.Create(layers: [TestImage.LayerTar(1, 6 << 20), TestImage.LayerTar(2, 1 << 20), TestImage.LayerTar(3), TestImage.LayerTar(4)]);
        _server.Add("acme/app", image, "large");
        _server.Fail(Oci.Digest.Sha256(image.LayerBlobs[3]).ToString(), Fault.FlipBit(1000));
        var result = HostTool.Run("sh", "-c", "\"$0\" pack --image \"$1\" --container \"$2\" -o - > \"$3\"", EtchStreamProgram.Path, _disk.Image, $"{_server.Host}/acme/app:large", _disk.Folder["piped.tar"]);
        Assert.Equal(3, result.ExitCode);
        Assert.InRange(new FileInfo(_disk.Folder["piped.tar"]).Length, 100_000, 20_000_000);
        Assert.Equal(3, CliProcess.Run("unpack", _disk.Folder["piped.tar"], _disk.Folder["flashed.img"]).ExitCode);
        Assert.False(File.Exists(_disk.Folder["flashed.img"]));
    }

    [ToolFact("mke2fs")]
    public void An_apps_json_of_an_older_form_is_packed_with_a_warning_and_pinned()
    {
        File.WriteAllText(_disk.Folder["apps.json"], $$"""
            {"apps": {"1": {"name": "a", "commit": "c0ffee", "releaseId": 1, "services": {"5": {"imageId": 6, "serviceName": "main", "image": "{{Reference}}",
             "running": true, "environment": {}, "labels": {} } }, "volumes": {}, "networks": {} } }, "config": {} }
            """);
        var told = _disk.Pack("--apps", _disk.Folder["apps.json"], "--pin-device").Succeeded().Error;
        Assert.Contains("warning: ", told);
        Assert.Contains("v2", told);
        Assert.Contains("1 container image of 3 layers", told);
        CliProcess.Run("unpack", _disk.Output, _disk.Folder["flashed.img"]).Succeeded();
        Assert.Contains("\"pinDevice\": true", new Ext4Image(_disk.Folder["flashed.img"], 1 << 20, 12 << 20).DebugFs("cat /apps.json"));
    }
}
