using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>What a run with container images tells of itself.</summary>
public sealed class ContainerProgressTests : ContainerPackTest
{
    [ToolTheory("mke2fs")]
    [InlineData("/manifests/", "acme/app:1")]
    [InlineData("last layer", "layer sha256:")]
    public async Task A_server_that_says_nothing_is_what_is_waited_for(string target, string name)
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        Server.Fail(target.StartsWith('/') ? target : FaultTargets.PathPart(target), Fault.HangAfter(0));
        using var stop = new CancellationTokenSource();
        var told = new TaskCompletionSource<PackProgress>(TaskCreationOptions.RunContinuationsAsynchronously);
        var progress = new Recorder(p =>
        {
            if (p.Waits.Any(w => w.For.Contains(name, StringComparison.Ordinal))) told.TrySetResult(p);
        });
        var run = PackPipeline.RunAsync(Options(), progress, stop.Token);
        var first = await Task.WhenAny(told.Task, run);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Same(told.Task, first);
        if (name.StartsWith("layer", StringComparison.Ordinal)) Assert.Contains((await told.Task).Layers, l => l.Bytes < l.TotalBytes);
    }

    [ToolFact("mke2fs")]
    public async Task Layers_come_and_go_and_add_up()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var reports = new List<PackProgress>();
        var report = await PackPipeline.RunAsync(Options(), new Recorder(reports.Add), CancellationToken.None);
        Assert.Empty(reports[^1].Layers);
        Assert.All(reports.SelectMany(r => r.Layers), l => Assert.InRange(l.Bytes, 0, l.TotalBytes));
        Assert.Subset(report.Manifest.Layers!.Select(l => l.DiffId).ToHashSet(), reports.SelectMany(r => r.Layers).Select(l => l.DiffId).ToHashSet());
        Assert.Equal([PackPhase.Start, PackPhase.Resolve, PackPhase.Scan, PackPhase.Image, PackPhase.Layers, PackPhase.Finish], reports.Select(r => r.Phase).Distinct());
        Assert.Equal(reports.Select(r => r.Entries).Order(), reports.Select(r => r.Entries));
    }

    private PackOptions Options() =>
        new() { Image = Folder["disk.img"], Containers = new ContainerOptions { Images = Images("HOST/acme/app:1").Images, Registry = Registry() }, OutputPath = OutputPath };

    private sealed class Recorder(Action<PackProgress> action) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => action(value);
    }
}
