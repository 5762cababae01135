namespace EtchStream.TestKit.Engine;

/// <summary>A test image in a registry.</summary>
/// <param name="Name">Its name as a sentence.</param>
/// <param name="Repository">Host and repository.</param>
/// <param name="ManifestDigest">The manifest's digest.</param>
/// <param name="Source">What it was made of; null for images that an engine built.</param>
public sealed record PushedImage(string Name, string Repository, string ManifestDigest, EngineImage? Source)
{
    /// <summary>The only tag there is.</summary>
    public const string Tag = "t";

    /// <summary>The reference by tag.</summary>
    public string ByTag => $"{Repository}:{Tag}";

    /// <summary>The reference by digest.</summary>
    public string ByDigest => $"{Repository}@{ManifestDigest}";

    /// <summary>A part of the engine's message when it refuses the image; null where it accepts it.</summary>
    public string? Refusal => Source?.Refusal;

    /// <summary>True when the engine accepts it.</summary>
    public bool IsAccepted => Refusal is null;

    /// <summary>What <c>etchstream pack</c> exits with.</summary>
    public int PackExitCode => Source?.PackExitCode ?? 0;

    /// <summary>True when the engine can put every layer's tar together again.</summary>
    public bool IsReplayed => Source is null || Source.IsReplayed;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
