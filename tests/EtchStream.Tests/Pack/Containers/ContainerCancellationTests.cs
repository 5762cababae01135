using System.Diagnostics;
using EtchStream.Oci.Registry;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>A run that is told to stop does so at once, whatever it waits for, and leaves nothing.</summary>
public sealed class ContainerCancellationTests : ContainerPackTest
{
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(5);

    [ToolTheory("mke2fs")]
    [InlineData("manifest")]
    [InlineData("config")]
    [InlineData("first layer")]
    [InlineData("middle layer")]
    [InlineData("last layer")]
    public async Task While_the_registry_says_nothing(string target)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        foreach (var after in new[] { 0, 100 })
        {
            Server.Fail(FaultTargets.PathPart(target), Fault.HangAfter(after));
            var before = Server.Requests.Count;
            await StopsAsync(async stop =>
            {
                while (!Server.Requests.Skip(before).Any(r => r.Path.Contains(FaultTargets.PathPart(target), StringComparison.Ordinal))) await Task.Delay(10);
                await Task.Delay(50);
                await stop.CancelAsync();
            });
        }
    }

    [ToolFact("mke2fs")]
    public async Task While_it_waits_to_try_again()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        Server.Fail("/manifests/", Fault.Answer(429, retryAfter: "100"));
        await StopsAsync(
            async stop =>
            {
                while (Server.Requests.Count == 0) await Task.Delay(10);
                await Task.Delay(50);
                await stop.CancelAsync();
            },
            new RegistryOptions());
    }

    [ToolTheory("mke2fs")]
    [InlineData(PackPhase.Image)]
    [InlineData(PackPhase.Layers)]
    [InlineData(PackPhase.Finish)]
    public async Task In_each_phase(PackPhase phase)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        using var stop = new CancellationTokenSource();
        await StopsAsync(stop, new CancelInPhase(phase, stop), Registry());
    }

    private Task StopsAsync(Func<CancellationTokenSource, Task> cancel, RegistryOptions? registry = null)
    {
        var stop = new CancellationTokenSource();
        return Task.WhenAll(StopsAsync(stop, progress: null, registry ?? Registry()), cancel(stop));
    }

    private async Task StopsAsync(CancellationTokenSource stop, IProgress<PackProgress>? progress, RegistryOptions registry)
    {
        var watch = new Stopwatch();
        stop.Token.Register(watch.Start);
        var options = new PackOptions { Image = Folder["disk.img"], Containers = new ContainerOptions { Images = Images("HOST/acme/app:1").Images, Registry = registry }, OutputPath = OutputPath };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PackPipeline.RunAsync(options, progress, stop.Token));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Promptly);
        Assert.True(watch.IsRunning);
        Assert.Empty(Directory.GetFileSystemEntries(Folder["out"]));
    }

    private sealed class CancelInPhase(PackPhase phase, CancellationTokenSource stop) : IProgress<PackProgress>
    {
        public void Report(PackProgress value)
        {
            if (value.Phase == phase) stop.Cancel();
        }
    }
}
