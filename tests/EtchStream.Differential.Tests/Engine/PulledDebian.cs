using EtchStream.TestKit.Engine;
using EtchStream.TestKit.Registry;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>A minimal Debian in a registry and in an engine's store.</summary>
internal sealed class PulledDebian : IAsyncDisposable
{
    private readonly DebianRegistry _registry;

    private PulledDebian(DebianRegistry registry, PushedImage image)
    {
        _registry = registry;
        Image = image;
    }

    /// <summary>The image in the registry.</summary>
    public PushedImage Image { get; }

    /// <summary>Room for more data roots.</summary>
    public EngineVolume Volume { get; } = new();

    /// <summary>The data root; no engine runs on it.</summary>
    public string Root => Volume["debian"];

    /// <summary>Pushes it and has an engine pull it by its digest.</summary>
    public static async Task<PulledDebian> MakeAsync()
    {
        var registry = await DebianRegistry.StartAsync();
        using var upload = new RegistryUpload(registry.Host);
        var debian = new PulledDebian(registry, await upload.PushAsync(EngineImages.Debian()));
        await using var engine = await DockerEngine.StartAsync(debian.Root);
        engine.Docker("pull", "-q", debian.Image.ByDigest);
        return debian;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Volume.Dispose();
        await _registry.DisposeAsync();
    }
}
