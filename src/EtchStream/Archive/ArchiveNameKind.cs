namespace EtchStream.Archive;

/// <summary>What a member of an etch archive is, told from its name alone.</summary>
public enum ArchiveNameKind
{
    /// <summary><c>manifest.json</c>.</summary>
    Manifest,

    /// <summary><c>etch-trailer.json</c>.</summary>
    Trailer,

    /// <summary><c>etch-trailer.sig</c>.</summary>
    Signature,

    /// <summary><c>inject/&lt;partition&gt;/&lt;path&gt;</c>.</summary>
    Inject,

    /// <summary>The folder <c>inject</c> itself, which archives made by hand hold.</summary>
    InjectRoot,

    /// <summary>The archive's own root (<c>./</c>), which archives made by hand hold.</summary>
    Root,

    /// <summary>Anything else: the disk image, or a member that has no place in an etch archive.</summary>
    Other,
}
