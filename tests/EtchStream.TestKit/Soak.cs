namespace EtchStream.TestKit;

/// <summary>Whether the long runs are wanted.</summary>
public static class Soak
{
    /// <summary>True when <c>ETCHSTREAM_SOAK=1</c>.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("ETCHSTREAM_SOAK") == "1";
}
