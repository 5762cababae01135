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
    private readonly Lazy<Task<SmallStore>> _small = new(MakeSmallAsync);
    private readonly Lazy<Task<PackedImages>> _packed;
    private readonly Lazy<Task<IReadOnlySet<string>>> _usualComplaints;
    private readonly Lazy<Task<PulledDebian>> _debian = new(PulledDebian.MakeAsync);
    private DebianRegistry? _registry;
    private EngineVolume? _volume;

    public EngineFixture()
    {
        _pulled = new Lazy<Task<PulledImages>>(MakeAsync);
        _packed = new Lazy<Task<PackedImages>>(async () => PackedImages.Make(await PulledAsync()));
        _usualComplaints = new Lazy<Task<IReadOnlySet<string>>>(async () => await EngineComplaints.UsualAsync(await PulledAsync()));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>All images, pulled into data roots whose engines have been stopped.</summary>
    public Task<PulledImages> PulledAsync() => _pulled.Value;

    /// <summary>The same images, as far as our program takes them, packed and unpacked by it.</summary>
    internal Task<PackedImages> PackedAsync() => _packed.Value;

    /// <summary>What the engine on this machine warns of when it pulls images itself, runs them and takes them away.</summary>
    internal Task<IReadOnlySet<string>> UsualComplaintsAsync() => _usualComplaints.Value;

    /// <summary>A minimal Debian in a registry and in an engine's store.</summary>
    internal Task<PulledDebian> DebianAsync() => _debian.Value;

    private async Task<PulledImages> MakeAsync()
    {
        _registry = await DebianRegistry.StartAsync();
        _volume = new EngineVolume();
        var images = (await EngineImages.All(_registry.Host)).ToList();
        await using (var builder = await DockerEngine.StartAsync(_volume["builder"])) images.Add(EngineBuild.Push(builder, _registry.Host));

        // What an engine keeps of where layers came from depends on what is pulled at the same time, and also pulls that fail leave
        // something. So only images that will not be compared as a whole store are pulled several at a time and with those that fail.
        var odd = OddImages.All.ToHashSet();
        var (alone, together) = (images.Where(image => odd.Contains(image.Source!) || !image.IsAccepted).ToList(), new List<PushedImage>());
        together.AddRange(images.Except(alone));
        var results = new ConcurrentDictionary<PushedImage, HostToolResult>();
        await using (var engine = await DockerEngine.StartAsync(_volume["alone"]))
            Parallel.ForEach(alone, new ParallelOptions { MaxDegreeOfParallelism = 4 }, image => results[image] = engine.Run("pull", "-q", image.ByTag));
        await using (var engine = await DockerEngine.StartAsync(_volume["together"]))
            together.ForEach(image => results[image] = engine.Run("pull", "-q", image.ByTag));
        return new PulledImages(_volume, PulledRoot.Read(_volume["alone"], alone), PulledRoot.Read(_volume["together"], together), results);
    }

    /// <summary>A data root with one small image of three layers that has a bit of everything.</summary>
    public Task<SmallStore> SmallAsync() => _small.Value;

    private static async Task<SmallStore> MakeSmallAsync()
    {
        var image = new EngineImage(
            "a bit of everything",
            EngineLayer.Gzip(new LayerTar().Folder("d", 700, user: 5, time: 7).File("d/file", "content of a file", 4755, user: 1000)
                .Link("d/link", "d/file", 4755, user: 1000).Symlink("symlink", "d/file").Xattr("user.a", "1").File("with-xattr", "1").Node("null", '3', 1, 3, 666).End()),
            EngineLayer.Gzip(new LayerTar().File(".wh.symlink").File("unlisted/x", "1").End()),
            EngineLayer.Gzip(new LayerTar().Folder("d").File("d/.wh..wh..opq").File("d/new", "2").End()));
        var volume = new EngineVolume(1L << 30);
        await using var registry = await DebianRegistry.StartAsync();
        using var upload = new RegistryUpload(registry.Host);
        var pushed = await upload.PushAsync(image);
        await using var engine = await DockerEngine.StartAsync(volume["root"]);
        engine.Docker("pull", "-q", pushed.ByTag);
        return new SmallStore(volume, volume["root"], pushed);
    }

    public async Task DisposeAsync()
    {
        if (_packed is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) (await _packed.Value).Dispose();
        if (_debian is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _debian.Value).DisposeAsync();
        if (_small.IsValueCreated) (await _small.Value).Volume.Dispose();
        _volume?.Dispose();
        if (_registry is not null) await _registry.DisposeAsync();
    }
}

/// <summary>A small store to change.</summary>
/// <param name="Volume">Room for copies.</param>
/// <param name="Root">The data root; no engine runs on it.</param>
/// <param name="Image">The image in it.</param>
public sealed record SmallStore(EngineVolume Volume, string Root, PushedImage Image);

/// <summary>Images in a data root.</summary>
/// <param name="Path">The data root; no engine runs on it.</param>
/// <param name="Images">What was pulled into it, in this order, by tag; also what was refused.</param>
/// <param name="Store">The store as the pulls left it: an engine that saves an image, or runs it, leaves marks in its topmost layer.</param>
public sealed record PulledRoot(string Path, IReadOnlyList<PushedImage> Images, EngineStore Store)
{
    /// <summary>What was just pulled.</summary>
    public static PulledRoot Read(string path, IReadOnlyList<PushedImage> images) => new(path, images, EngineStore.Read(path));

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

    /// <summary>The one that an engine built.</summary>
    public PushedImage Built => Together.Images.Single(image => image.Source is null);

    /// <summary>The one that tells from inside what it sees.</summary>
    public PushedImage Checked => Together.Images.Single(image => image.Name == CheckImage.Name);
}
