namespace EtchStream.Formats;

/// <summary>Finds, among the names that there are, the one that somebody meant who mistyped it: for "did you mean" in messages.</summary>
public static class NearName
{
    // Names come from images too, which may be hostile: neither long words nor crowded folders may take long for the sake of a hint.
    private const int MaxLength = 255;
    private const int MaxNames = 10_000;

    // Swapped neighbours are the commonest slip: amr64 is arm64 rather than amd64.
    private const int Change = 2;
    private const int Swap = 1;

    /// <summary>The nearest name, if it is near: a letter in three may be wrong, missing, too many, or in its neighbour's place. Case does not count.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="names">What there is; of many, only the first 10 000 are looked at.</param>
    /// <returns>Null where none is near.</returns>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(names);
        if (typed.Length is 0 or > MaxLength) return null;
        var folded = typed.ToUpperInvariant();
        var (nearest, least) = ((string?)null, int.MaxValue);
        foreach (var name in names.Take(MaxNames))
        {
            var limit = Limit(typed.Length, name.Length);
            if (name.Length is 0 or > MaxLength || Math.Abs(name.Length - typed.Length) > limit) continue;
            var distance = Distance(folded, name.ToUpperInvariant());
            if (distance <= limit * Change && distance < least) (nearest, least) = (name, distance);
        }

        return nearest;
    }

    /// <summary>Of words of one letter, another one is not near.</summary>
    private static int Limit(int one, int other) => Math.Min(one, other) is var length and > 1 ? Math.Max(1, length / 3) : 0;

    /// <summary>What it costs to make one word of another (Damerau and Levenshtein, neighbours swapped once).</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i * Change;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j * Change;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : Change);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + Change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + Swap);
            }
        }

        return rows[a.Length, b.Length];
    }
}
