using EtchStream.Dataflow;

namespace EtchStream.Pack;

/// <summary>How far a pack run is.</summary>
/// <param name="Phase">What it is busy with.</param>
/// <param name="Bytes">Bytes read in this phase.</param>
/// <param name="TotalBytes">Bytes that the phase will read; null where that is not known beforehand.</param>
/// <param name="Entries">Members that were begun, those of earlier phases included; what is only planned is forgotten when the plan is done.</param>
/// <param name="CurrentPath">The member at hand, null between them.</param>
public sealed record PackProgress(PackPhase Phase, long Bytes, long? TotalBytes, long Entries, string? CurrentPath)
{
    /// <summary>The layers that are on their way, in the order in which they are packed.</summary>
    public IReadOnlyList<LayerProgress> Layers { get; init; } = [];

    /// <summary>What the run has been waiting for for a second or more, the longest first.</summary>
    public IReadOnlyList<Wait> Waits { get; init; } = [];
}
