namespace EtchStream.Archive;

/// <summary>One thing that was put into the archive for a partition.</summary>
public sealed class ManifestInjection
{
    /// <summary>What it was: <c>folder</c>, <c>file</c> or <c>tar</c>. Readers take other words as information only.</summary>
    public required string Kind { get; init; }

    /// <summary>The partition's selector.</summary>
    public required string Partition { get; init; }

    /// <summary>Where it goes, counted from the partition's root, with a leading <c>/</c>. For reading only: the members' names decide.</summary>
    public required string Destination { get; init; }
}
