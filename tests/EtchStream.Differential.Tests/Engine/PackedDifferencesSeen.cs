namespace EtchStream.Differential.Tests.Engine;

/// <summary>Tells differences that are meant from others, and which of the meant ones there still are.</summary>
internal sealed class PackedDifferencesSeen(PulledImages pulled)
{
    private readonly Dictionary<string, string> _names = pulled.Roots.SelectMany(root => root.Images)
        .Where(image => PackedDifferences.All.ContainsKey(image.Name))
        .ToDictionary(image => image.Source!.Layers[0].Tar.Digest.ToString(), image => image.Name, StringComparer.Ordinal);

    private readonly HashSet<(string Image, string Start)> _seen = [];

    /// <summary>Whether a line of the comparison tells of a difference that is meant.</summary>
    /// <param name="diffId">The layer.</param>
    /// <param name="line">The line, without the chain ID in front.</param>
    public bool Covers(string diffId, string line)
    {
        if (!_names.TryGetValue(diffId, out var image) || Array.Find(PackedDifferences.All[image], start => line.StartsWith(start, StringComparison.Ordinal)) is not { } start) return false;
        _seen.Add((image, start));
        return true;
    }

    /// <summary>The differences that no line told of.</summary>
    public IEnumerable<string> Unseen =>
        PackedDifferences.All.SelectMany(entry => entry.Value.Select(start => (entry.Key, start))).Where(one => !_seen.Contains(one)).Select(one => $"'{one.Key}': {one.start}…");
}
