using EtchStream.TestKit.Engine;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>A layer, and what an engine (moby 20.10 was tried) makes of it.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Tar">The layer.</param>
/// <param name="Expected">The lines of <see cref="LayerModel.Lines"/>, without unneeded words.</param>
internal sealed record LayerCase(string Name, LayerTar Tar, params string[] Expected)
{
    /// <summary>Whether the tar can be rebuilt from what is kept.</summary>
    public bool Replays { get; init; } = true;

    public override string ToString() => Name;
}
