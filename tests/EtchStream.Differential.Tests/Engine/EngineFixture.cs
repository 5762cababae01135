using System.Collections.Concurrent;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>What an engine did with the test images; made when the first test asks.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private readonly Lazy<Task<PulledImages>> _pulled;
    private DebianRegistry? _registry;
    private EngineVolume? _volume;

    public EngineFixture() => _pulled = new Lazy<Task<PulledImages>>(MakeAsync);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>All images, pulled into one data root whose engine has been stopped.</summary>
    public Task<PulledImages> PulledAsync() => _pulled.Value;

    private async Task<PulledImages> MakeAsync()
    {
        _registry = await DebianRegistry.StartAsync();
        _volume = new EngineVolume();
        var images = (await EngineImages.All(_registry.Host)).ToList();
        await using (var builder = await DockerEngine.StartAsync(_volume["builder"])) images.Add(EngineBuild.Push(builder, _registry.Host));

        // What an engine keeps of where layers came from depends on the order of pulls, also of those that fail; so the two kinds
        // have data roots of their own, and only where order does not matter are several pulled at a time.
        var odd = OddImages.All.ToHashSet();
        var (alone, together) = (images.Where(image => odd.Contains(image.Source!) || !image.IsAccepted).ToList(), new List<PushedImage>());
        together.AddRange(images.Except(alone));
        var results = new ConcurrentDictionary<PushedImage, HostToolResult>();
        await using (var engine = await DockerEngine.StartAsync(_volume["alone"]))
            Parallel.ForEach(alone, new ParallelOptions { MaxDegreeOfParallelism = 4 }, image => results[image] = engine.Run("pull", "-q", image.ByTag));
        await using (var engine = await DockerEngine.StartAsync(_volume["together"]))
            together.ForEach(image => results[image] = engine.Run("pull", "-q", image.ByTag));
        return new PulledImages(_volume, new(_volume["alone"], alone), new(_volume["together"], together), results);
    }

    public async Task DisposeAsync()
    {
        _volume?.Dispose();
        if (_registry is not null) await _registry.DisposeAsync();
    }
}

/// <summary>Images in a data root.</summary>
/// <param name="Path">The data root; no engine runs on it.</param>
/// <param name="Images">What was pulled into it, in this order, by tag; also what was refused.</param>
public sealed record PulledRoot(string Path, IReadOnlyList<PushedImage> Images)
{
    /// <summary>Those that the engine accepts.</summary>
    public IEnumerable<PushedImage> Accepted => Images.Where(image => image.IsAccepted);
}

/// <summary>Images and what became of them.</summary>
/// <param name="Volume">Room for more data roots.</param>
/// <param name="Alone">Hand-made images of one layer each, and all that the engine refuses.</param>
/// <param name="Together">All others, among them one of all those layers.</param>
/// <param name="Results">What pulling each answered.</param>
public sealed record PulledImages(EngineVolume Volume, PulledRoot Alone, PulledRoot Together, IReadOnlyDictionary<PushedImage, HostToolResult> Results)
{
    /// <summary>Both.</summary>
    public IReadOnlyList<PulledRoot> Roots => [Alone, Together];
}
