namespace EtchStream.Unpack.Outputs;

/// <summary>Of several outputs none could be completed.</summary>
public sealed class AllOutputsFailedException : IOException
{
    /// <summary>Creates the error.</summary>
    public AllOutputsFailedException(IReadOnlyList<OutputResult> results)
        : base($"none of {results.Count} outputs could be written", results[^1].Failure) => Results = results;

    /// <summary>The reason for each.</summary>
    public IReadOnlyList<OutputResult> Results { get; }
}
