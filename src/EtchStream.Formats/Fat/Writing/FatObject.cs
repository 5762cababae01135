namespace EtchStream.Formats.Fat.Writing;

/// <summary>One object of a directory in memory. What else it has, its slot says.</summary>
internal sealed class FatObject
{
    /// <summary>The name by which it is shown.</summary>
    public required string Name { get; init; }

    /// <summary>Its 8.3 name, 11 characters; null while it has none yet.</summary>
    public string? Key { get; set; }

    /// <summary>Its first slot.</summary>
    public required int First { get; init; }

    /// <summary>The slot that describes it.</summary>
    public required int Own { get; init; }

    /// <summary>The name by which this run wrote it, null when it did not.</summary>
    public string? GivenName { get; set; }

    /// <summary>It was taken away.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>The directory that it is, once that was looked into.</summary>
    public FatDirectory? Directory { get; set; }

    /// <summary>The next one whose name differs only in the case of letters beyond ASCII.</summary>
    public FatObject? Alike { get; set; }
}
