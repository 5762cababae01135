namespace EtchStream.Sources;

/// <summary>What the source of an injection is.</summary>
public enum InjectionKind
{
    /// <summary>Found out by looking: a folder, a tar archive (compressed or not), or else a file.</summary>
    Detect,

    /// <summary>A folder, whose content goes to the destination.</summary>
    Folder,

    /// <summary>One file, whatever is in it.</summary>
    File,

    /// <summary>A tar archive, whose entries are taken as they are.</summary>
    Tar,
}
