namespace EtchStream.Pack.Layers;

/// <summary>By what a name of a layer stands in tar-split already, where no record may have the name of another one.</summary>
[Flags]
internal enum LayerRecords : byte
{
    /// <summary>By nothing.</summary>
    None = 0,

    /// <summary>By an entry of its own.</summary>
    Entry = 1,

    /// <summary>By a whiteout.</summary>
    Whiteout = 2,

    /// <summary>By an opaque mark in it.</summary>
    Opaque = 4,

    /// <summary>By its path with a slash in front.</summary>
    Rooted = 8,
}
