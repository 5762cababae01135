using EtchStream.Oci.Registry;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>What passes leaves no trace: the archive has the bytes that it has without.</summary>
public sealed class PassingFaultTests : ContainerPackTest
{
    [ToolTheory("mke2fs")]
    [InlineData("reset before the first byte")]
    [InlineData("reset in the middle, three times")]
    [InlineData("end in the middle, as if complete")]
    [InlineData("no length")]
    [InlineData("408")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("502")]
    [InlineData("503")]
    [InlineData("504")]
    [InlineData("reset, then the whole blob instead of its rest")]
    [InlineData("reset at the last byte, then overload")]
    public async Task A_fault_that_passes_leaves_no_trace(string kind)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var expected = await PackAsync(Images("HOST/acme/app:1"));
        // Nothing tells how long a manifest without a length is; half of it is broken JSON.
        foreach (var target in kind.StartsWith("end", StringComparison.Ordinal) ? FaultTargets.Blobs : FaultTargets.All)
        {
            foreach (var fault in Faults(kind, FaultTargets.Content(target).Length)) Server.Fail(FaultTargets.PathPart(target), fault);
            var before = Server.Requests.Count;
            var archive = await PackAsync(Images("HOST/acme/app:1"));
            Assert.True(expected.AsSpan().SequenceEqual(archive), target);
            if (kind != "no length") Assert.True(Server.Requests.Count - before > 7, $"{target}: nothing was asked for again");
        }

        Assert.Empty((await UnpackAsync(expected)).Warnings);
        Assert.Empty(ContainerDisk.Partition(Folder["unpacked.img"]).Check());
    }

    [ToolFact("mke2fs")]
    public async Task A_redirect_to_another_host_is_followed_without_the_credentials()
    {
        await using var store = await LoopbackRegistry.StartAsync();
        await using var server = await LoopbackRegistry.StartAsync(new LoopbackRegistryOptions { Login = RegistryLogin.Basic, User = "ann", Password = "secret" });
        foreach (var registry in new[] { server, store }) registry.Add("acme/app", FaultTargets.Image, "1");
        File.WriteAllText(Folder["config.json"], $$"""{"auths": {"{{server.Host}}": {"username": "ann", "password": "secret"} } }""");
        var options = Images($"{server.Host}/acme/app:1");
        options = new() { Images = options.Images, Registry = new RegistryOptions { Credentials = DockerConfigCredentials.Load(Folder["config.json"]) } };
        var expected = await PackAsync(options);
        foreach (var target in FaultTargets.Blobs) server.Fail(FaultTargets.PathPart(target), Fault.Redirect($"{store.Url}/v2/acme/app/blobs/{FaultTargets.PathPart(target)}"));
        Assert.Equal(expected, await PackAsync(options));
        Assert.Equal(FaultTargets.Blobs.Count, store.Requests.Count);
        Assert.All(store.Requests, r => Assert.Null(r.Authorization));
    }

    [ToolFact("mke2fs")]
    public async Task Silence_is_ended_and_the_rest_asked_for()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var expected = await PackAsync(Images("HOST/acme/app:1"));
        foreach (var target in FaultTargets.All) Server.Fail(FaultTargets.PathPart(target), Fault.HangAfter(FaultTargets.Content(target).Length / 2));
        var options = Images("HOST/acme/app:1");
        options = new() { Images = options.Images, Registry = new RegistryOptions { StallTimeout = TimeSpan.FromMilliseconds(250), RetryDelay = TimeSpan.FromMilliseconds(1) } };
        Assert.Equal(expected, await PackAsync(options));
        Assert.True(Server.Requests.Count(r => r.Range is not null) >= 4);
    }

    private static IEnumerable<Fault> Faults(string kind, int length) => kind switch
    {
        "reset before the first byte" => [Fault.ResetAfter(0)],
        "reset in the middle, three times" => [Fault.ResetAfter(length / 3), Fault.ResetAfter(length / 5), Fault.ResetAfter(1)],
        "end in the middle, as if complete" => [Fault.EndAfter(length / 2)],
        "no length" => [new Fault { HidesLength = true }],
        "reset, then the whole blob instead of its rest" => [Fault.ResetAfter(length / 2), new Fault { IgnoresRange = true }],
        "reset at the last byte, then overload" => [Fault.ResetAfter(length - 1), Fault.Answer(503, retryAfter: "3"), Fault.Answer(503)],
        _ => [Fault.Answer(int.Parse(kind)), Fault.Answer(int.Parse(kind), "<html>busy</html>")],
    };
}
