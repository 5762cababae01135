using EtchStream.Formats.Unix;

namespace EtchStream.TestKit.Engine;

/// <summary>What two data roots hold, compared; see <see cref="EngineStore"/> for what is left out.</summary>
public static class EngineStoreComparison
{
    /// <summary>Differences between two data roots, one readable line each; none when an engine could not tell them apart.</summary>
    /// <param name="ours">The data root under test.</param>
    /// <param name="theirs">The data root as it should be, an engine's own.</param>
    public static IReadOnlyList<string> Compare(string ours, string theirs) => Compare(EngineStore.Read(ours), EngineStore.Read(theirs));

    /// <summary>Differences between two stores.</summary>
    /// <param name="ours">The store under test.</param>
    /// <param name="theirs">The store as it should be.</param>
    public static IReadOnlyList<string> Compare(EngineStore ours, EngineStore theirs)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        var lines = new List<string>();
        foreach (var (what, value) in theirs.Facts)
        {
            if (!ours.Facts.TryGetValue(what, out var other)) lines.Add($"{what} is missing");
            else if (other != value) lines.Add($"{what} should be {value}, is {other}");
        }

        lines.AddRange(ours.Facts.Where(fact => !theirs.Facts.ContainsKey(fact.Key)).Select(fact => $"{fact.Key} should not be there ({fact.Value})"));
        foreach (var (chain, layer) in theirs.Layers.OrderBy(layer => layer.Key, StringComparer.Ordinal))
        {
            if (ours.Layers.TryGetValue(chain, out var other)) lines.AddRange(Compare(other, layer).Select(line => $"{chain}: {line}"));
            else lines.Add($"{chain}: the layer is missing");
        }

        return lines;
    }

    /// <summary>Differences between what two stores hold of one layer: its tree and its tar-split.</summary>
    /// <param name="ours">The layer under test.</param>
    /// <param name="theirs">The layer as it should be; its tar-split says what times come from the tar.</param>
    public static IEnumerable<string> Compare(EngineStoreLayer ours, EngineStoreLayer theirs)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(theirs);
        return CompareLayers(ours, theirs);
    }

    private static IEnumerable<string> CompareLayers(EngineStoreLayer ours, EngineStoreLayer theirs)
    {
        if (ours.Tree is null || theirs.Tree is null)
        {
            if (ours.Tree is null) yield return "diff is missing";
            yield break;
        }

        if (theirs.Split is null) yield return "no tar-split to compare with";
        var listed = ListedObjects.Of(theirs.Tree, theirs.Split);
        foreach (var line in TreeManifest.Diff(listed.WithoutOtherTimes(theirs.Tree), listed.WithoutOtherTimes(ours.Tree), new TreeDiffOptions { IgnoreLostAndFound = false }))
            yield return $"diff{line}";
        if (theirs.Split is null) yield break;
        if (ours.Split is null)
        {
            yield return "tar-split is missing";
            yield break;
        }

        foreach (var line in CompareLines("tar-split content", ours.Split.NormalForm, theirs.Split.NormalForm)) yield return line;
        foreach (var line in CompareLines("tar-split line", ours.Split.Lines, theirs.Split.Lines)) yield return line;
    }

    // The first difference says it all: what follows differs as well when a record is missing.
    private static IEnumerable<string> CompareLines(string what, IReadOnlyList<string> ours, IReadOnlyList<string> theirs)
    {
        for (var i = 0; i < Math.Max(ours.Count, theirs.Count); i++)
        {
            var (a, b) = (i < theirs.Count ? theirs[i] : "the end", i < ours.Count ? ours[i] : "the end");
            if (a == b) continue;
            yield return $"{what} {i} should be {Shorten(a)}, is {Shorten(b)}";
            yield break;
        }
    }

    private static string Shorten(string text) => text.Length <= 400 ? text : $"{text[..200]}…({text.Length} characters)…{text[^200..]}";
}
