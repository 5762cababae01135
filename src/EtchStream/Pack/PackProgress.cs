namespace EtchStream.Pack;

/// <summary>What a pack run is busy with.</summary>
public enum PackPhase
{
    /// <summary>Expands a compressed image into a temporary file, to look into it.</summary>
    Expand,

    /// <summary>Reads what is injected once before, to know what it needs.</summary>
    Plan,

    /// <summary>Looks for the image's runs of zeros, which the archive leaves out.</summary>
    Scan,

    /// <summary>Writes the disk image.</summary>
    Image,

    /// <summary>Writes what is injected.</summary>
    Files,

    /// <summary>Fetches container images' layers and writes what an engine would make of them.</summary>
    Layers,

    /// <summary>All is read; the rest of the archive is on its way to the output.</summary>
    Finish,
}

/// <summary>How far a pack run is.</summary>
/// <param name="Phase">What it is busy with.</param>
/// <param name="Bytes">Bytes read in this phase.</param>
/// <param name="TotalBytes">Bytes that the phase will read; null where that is not known beforehand.</param>
/// <param name="Entries">Members that were begun, those of earlier phases included.</param>
/// <param name="CurrentPath">The member at hand, null between them.</param>
public sealed record PackProgress(PackPhase Phase, long Bytes, long? TotalBytes, long Entries, string? CurrentPath);
