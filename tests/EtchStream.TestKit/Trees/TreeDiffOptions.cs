namespace EtchStream.TestKit;

/// <summary>What a comparison of two trees leaves out.</summary>
public sealed record TreeDiffOptions
{
    /// <summary>The top folder <c>lost+found</c>, which every new file system has.</summary>
    public bool IgnoreLostAndFound { get; init; } = true;

    /// <summary>Fractions of a second, which inodes of 128 bytes do not hold.</summary>
    public bool IgnoreNanoseconds { get; init; }

    /// <summary>Times beyond signed 32 bits count as the nearest that fits, as the kernel stores them in inodes of 128 bytes.</summary>
    public bool ClampTimesTo32Bits { get; init; }

    /// <summary>Link counts of directories (which another type of file system counts otherwise).</summary>
    public bool IgnoreDirectoryLinkCounts { get; init; }

    /// <summary>The attributes of the root folder itself.</summary>
    public bool IgnoreRoot { get; init; }

    /// <summary>More differences than this are only counted.</summary>
    public int Limit { get; init; } = 100;
}
