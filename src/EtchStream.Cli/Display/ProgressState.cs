using EtchStream.Dataflow;
using EtchStream.Pack;

namespace EtchStream.Cli.Display;

/// <summary>How far a run is, whatever it does.</summary>
/// <param name="Phase">What it is busy with, one word.</param>
/// <param name="Bytes">Bytes done in this phase.</param>
/// <param name="TotalBytes">Bytes of the whole phase, where that is known.</param>
/// <param name="Entries">Members of the archive so far.</param>
/// <param name="Path">The member at hand.</param>
internal sealed record ProgressState(string Phase, long Bytes, long? TotalBytes, long Entries, string? Path)
{
    /// <summary>The layers that are on their way.</summary>
    public IReadOnlyList<LayerProgress> Layers { get; init; } = [];

    /// <summary>What is waited for, the longest first.</summary>
    public IReadOnlyList<Wait> Waits { get; init; } = [];
}
