namespace EtchStream.Check;

/// <summary>How far a check is.</summary>
/// <param name="Phase">What it is busy with.</param>
/// <param name="Place">Where.</param>
/// <param name="Bytes">Bytes of layers that were compared so far.</param>
public sealed record CheckProgress(CheckPhase Phase, string Place, long Bytes);

/// <summary>What a check is busy with.</summary>
public enum CheckPhase
{
    /// <summary>The structure of partition table and file systems.</summary>
    Structure,

    /// <summary>A container engine's store: layers are rebuilt and compared with their digests.</summary>
    Layers,
}
