namespace EtchStream.Pack;

/// <summary>What a pack run is busy with.</summary>
public enum PackPhase
{
    /// <summary>Opens what is packed.</summary>
    Start,

    /// <summary>Expands a compressed image into a temporary file, to look into it.</summary>
    Expand,

    /// <summary>Looks up the container images in their registries and stores.</summary>
    Resolve,

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
