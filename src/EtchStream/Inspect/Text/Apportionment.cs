namespace EtchStream.Inspect.Text;

/// <summary>Divides a number of columns by lengths.</summary>
internal static class Apportionment
{
    /// <summary>
    /// Gives each length its share of the columns, but never less than its minimum; those that get more than their share by that take it from
    /// the others. What is left of rounding down goes to the largest remainders.
    /// </summary>
    /// <param name="lengths">Lengths, not negative.</param>
    /// <param name="minima">The least for each, whose sum is not more than <paramref name="columns"/>.</param>
    /// <param name="columns">Columns in all.</param>
    /// <returns>Columns for each; their sum is <paramref name="columns"/>.</returns>
    public static int[] Divide(IReadOnlyList<long> lengths, IReadOnlyList<int> minima, int columns)
    {
        var result = new int[lengths.Count];
        var open = Enumerable.Range(0, lengths.Count).ToList();
        var left = columns;
        Int128 total = 0;
        foreach (var length in lengths) total += length;

        // Each round gives those their minimum whose share is less; then there is less for the others.
        while (open.FindAll(i => lengths[i] * (Int128)left < minima[i] * total) is { Count: > 0 } small)
        {
            foreach (var i in small)
            {
                result[i] = minima[i];
                left -= minima[i];
                total -= lengths[i];
            }

            open.RemoveAll(small.Contains);
        }

        if (total == 0)
        {
            // Nothing that is left has a length: the last one takes what nobody has to have.
            foreach (var i in open) left -= result[i] = minima[i];
            if (result.Length > 0) result[^1] += left;
            return result;
        }

        var given = 0;
        foreach (var i in open) given += result[i] = (int)(lengths[i] * (Int128)left / total);
        foreach (var i in open.OrderByDescending(i => lengths[i] * (Int128)left % total).ThenBy(i => i).Take(left - given)) result[i]++;
        return result;
    }
}
