using EtchStream.Formats;

namespace EtchStream.Cli;

/// <summary>Values that are one of a few words.</summary>
internal static class Words
{
    /// <summary>The error for a value that is none of them, with the one that was meant perhaps.</summary>
    /// <param name="what">What is wrong: option and value.</param>
    /// <param name="typed">The value.</param>
    /// <param name="words">What it can be.</param>
    /// <param name="more">What it can be besides, in words; null for nothing.</param>
    public static UsageException Complaint(string what, string typed, IReadOnlyList<string> words, string? more = null)
    {
        IReadOnlyList<string> all = more is null ? words : [.. words, more];
        return new UsageException($"{what}: it has to be {string.Join(", ", all.SkipLast(1))} or {all[^1]}{DidYouMean(typed, words)}");
    }

    /// <summary>Names the word that was meant, if one is near.</summary>
    public static string DidYouMean(string typed, IEnumerable<string> words) => NearName.Of(typed, words) is { } near ? $"; did you mean {near}?" : "";
}
