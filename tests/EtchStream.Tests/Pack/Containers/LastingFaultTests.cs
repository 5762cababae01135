using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>What lasts ends in the right error, and never in an archive.</summary>
public sealed class LastingFaultTests : ContainerPackTest
{
    private const int Always = 1000;

    [ToolTheory("mke2fs")]
    [InlineData("reset", "acme/app")]
    [InlineData("end before the end", "acme/app")]
    [InlineData("403", "403")]
    [InlineData("404", "404")]
    [InlineData("429", "limits the rate")]
    [InlineData("503", "503")]
    [InlineData("wait of hours", "429")]
    [InlineData("redirect to nobody", "refused")]
    [InlineData("redirect in a circle", "redirects")]
    [InlineData("redirect to a file", "refused to follow")]
    public async Task A_registry_that_keeps_failing_is_a_network_error(string kind, string expected)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        foreach (var target in kind.StartsWith("end", StringComparison.Ordinal) ? FaultTargets.Blobs : FaultTargets.All)
        {
            var path = FaultTargets.PathPart(target);
            Server.Fail(path, Fault(kind, path), times: Always);
            var error = await FailsAsync<RegistryException>(() => Images("HOST/acme/app:1"));
            Server.ClearFaults();
            Assert.Contains("acme/app", error.Message, StringComparison.Ordinal);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            if (target != "manifest") Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [ToolFact("mke2fs")]
    public async Task A_layer_that_cannot_be_had_is_told_of_while_another_before_it_hangs()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        Server.Fail(FaultTargets.PathPart("first layer"), TestKit.Registry.Fault.HangAfter(1000), times: Always);
        Server.Fail(FaultTargets.PathPart("middle layer"), TestKit.Registry.Fault.Answer(404), times: Always);

        // Nothing else would end this: the clock stands still.
        var error = await FailsAsync<RegistryException>(() => Images("HOST/acme/app:1")).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Contains(FaultTargets.PathPart("middle layer"), error.Message, StringComparison.Ordinal);
    }

    [ToolTheory("mke2fs")]
    [InlineData("one bit flipped")]
    [InlineData("one byte more")]
    [InlineData("one byte more, no length")]
    [InlineData("a mebibyte more, no length")]
    [InlineData("one byte less")]
    public async Task Content_other_than_promised_is_no_archive(string kind)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        foreach (var target in FaultTargets.All)
        {
            var path = FaultTargets.PathPart(target);
            var length = FaultTargets.Content(target).Length;
            Server.Fail(path, Damage(kind, length), times: Always);
            // Only a digest in the name promises what a manifest is.
            var error = await FailsAsync<DigestMismatchException>(() => Images($"HOST/acme/app@{FaultTargets.Image.ManifestDigest}"));
            Server.ClearFaults();
            Assert.Contains("acme/app", error.Message, StringComparison.Ordinal);
            if (target != "manifest") Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [ToolFact("mke2fs")]
    public async Task Half_a_manifest_is_a_broken_one()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        Server.Fail("/manifests/", TestKit.Registry.Fault.EndAfter(100), times: Always);
        Assert.Contains("acme/app:1", (await FailsAsync<CorruptImageException>(() => Images("HOST/acme/app:1"))).Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public async Task A_fault_in_a_later_layer_is_told_as_what_it_is_while_the_first_is_still_streamed()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        Server.Fail(FaultTargets.PathPart("first layer"), new Fault { Delay = TimeSpan.FromMilliseconds(300) }, times: 2);
        Server.Fail(FaultTargets.PathPart("middle layer"), Fault("403", ""), times: 2);
        var error = await FailsAsync<RegistryException>(() => Images("HOST/acme/app:1"));
        Assert.Contains(FaultTargets.PathPart("middle layer"), error.Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public async Task Several_faults_at_once_are_one_error()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        foreach (var target in FaultTargets.Blobs.Skip(1)) Server.Fail(FaultTargets.PathPart(target), TestKit.Registry.Fault.FlipBit(1000), times: Always);

        // The first that is noticed, which may be of a short layer behind a long one.
        var told = (await FailsAsync<DigestMismatchException>(() => Images("HOST/acme/app:1"))).Message;
        Assert.Single(FaultTargets.Blobs.Skip(1), target => told.Contains(FaultTargets.PathPart(target), StringComparison.Ordinal));

        Server.ClearFaults();
        foreach (var tag in new[] { "2", "3", "4", "5", "6" }) Server.Fail($"/manifests/{tag}", Fault("403", ""), times: Always);
        var error = await FailsAsync<RegistryException>(() => Images("HOST/acme/app:1", "HOST/acme/app:2", "HOST/acme/app:3", "HOST/acme/app:4", "HOST/acme/app:5", "HOST/acme/app:6"));
        Assert.Contains("403", error.Message, StringComparison.Ordinal);
    }

    [ToolFact("mke2fs")]
    public async Task Silence_without_end_is_a_network_error()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        foreach (var target in new[] { "manifest", "config", "middle layer" })
        {
            Server.Fail(FaultTargets.PathPart(target), TestKit.Registry.Fault.HangAfter(100), times: Always);
            var error = await FailsAsync<RegistryException>(() => new ContainerOptions
            {
                Images = Images("HOST/acme/app:1").Images,
                Registry = new RegistryOptions { StallTimeout = TimeSpan.FromMilliseconds(150), RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetries = 1 },
            });
            Server.ClearFaults();
            Assert.Contains("nothing came", error.Message, StringComparison.Ordinal);
        }
    }

    [ToolTheory("mke2fs")]
    [InlineData(RegistryLogin.Basic)]
    [InlineData(RegistryLogin.Bearer)]
    public async Task A_registry_that_refuses_every_login_is_not_asked_for_ever(RegistryLogin login)
    {
        await using var server = await LoopbackRegistry.StartAsync(new LoopbackRegistryOptions { Login = login, RefusesAll = true });
        File.WriteAllText(Folder["config.json"], $$"""{"auths": {"{{server.Host}}": {"username": "ann", "password": "sesame"} } }""");
        var options = new ContainerOptions
        {
            Images = [ImageLocation.Parse($"{server.Host}/acme/app:1")],
            Registry = new RegistryOptions { Credentials = DockerConfigCredentials.Load(Folder["config.json"]), RetryDelay = TimeSpan.FromMilliseconds(1) },
        };
        var error = await FailsAsync<RegistryException>(() => options);
        Assert.Contains("401", error.Message, StringComparison.Ordinal);
        Assert.Contains("--registry-config", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 2, 8);
    }

    [ToolFact("mke2fs")]
    public async Task Other_things_than_images_for_the_platform_are_not_supported()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var other = new ContainerOptions { Images = Images("HOST/acme/app:1").Images, Registry = Registry(), Platform = Platform.Parse("linux/amd64") };
        Assert.Contains("linux/arm64", (await FailsAsync<UnsupportedImageException>(() => other)).Message, StringComparison.Ordinal);

        Server.AddManifest("acme/app", TestImage.Index([FaultTargets.Image, TestImage.Create("linux/arm/v7")]), MediaTypes.OciIndex, "both");
        Assert.Contains("--platform", (await FailsAsync<UnsupportedImageException>(() => Images("HOST/acme/app:both"))).Message, StringComparison.Ordinal);

        Server.Add("acme/app", TestImage.Of([(FaultTargets.Image.LayerBlobs[0], Digest.Sha256("x"u8))], "application/vnd.acme.layer"), "odd");
        Assert.Contains("application/vnd.acme.layer", (await FailsAsync<UnsupportedImageException>(() => Images("HOST/acme/app:odd"))).Message, StringComparison.Ordinal);

        Server.AddManifest("acme/app", FaultTargets.Image.Manifest, MediaTypes.DockerSchema1Signed, "old");
        Assert.Contains("schema 1", (await FailsAsync<UnsupportedImageException>(() => Images("HOST/acme/app:old"))).Message, StringComparison.Ordinal);

        var chain = TestImage.Create(layers: [.. Enumerable.Range(0, 126).Select(i => TestImage.LayerTar(i, 10))]);
        Server.Add("acme/app", chain, "high");
        Assert.Contains("126 layers", (await FailsAsync<UnsupportedImageException>(() => Images("HOST/acme/app:high"))).Message, StringComparison.Ordinal);
    }

    private static Fault Fault(string kind, string target) => kind switch
    {
        "reset" => TestKit.Registry.Fault.ResetAfter(10),
        "end before the end" => TestKit.Registry.Fault.EndAfter(10),
        "wait of hours" => TestKit.Registry.Fault.Answer(429, retryAfter: "7200"),
        "redirect to nobody" => TestKit.Registry.Fault.Redirect("http://127.0.0.1:1/v2/x"),
        "redirect in a circle" => TestKit.Registry.Fault.Redirect($"/v2/acme/app{(target.StartsWith('/') ? target : $"/blobs/{target}")}"),
        "redirect to a file" => TestKit.Registry.Fault.Redirect("file:///etc/passwd"),
        _ => TestKit.Registry.Fault.Answer(int.Parse(kind)),
    };

    private static Fault Damage(string kind, int length) => kind switch
    {
        "one bit flipped" => TestKit.Registry.Fault.FlipBit(length / 2),
        "one byte more" => TestKit.Registry.Fault.Append(1, hidesLength: false),
        "one byte more, no length" => TestKit.Registry.Fault.Append(1, hidesLength: true),
        "a mebibyte more, no length" => TestKit.Registry.Fault.Append(1 << 20, hidesLength: true),
        _ => new Fault { Change = content => content[..^1] },
    };
}
