namespace EtchStream.Dataflow;

/// <summary>Adds up sizes that somebody else states: what a hostile manifest or store says of them does not overflow.</summary>
internal static class ByteSum
{
    /// <summary>The sum of two sizes, none of them negative; at most <see cref="long.MaxValue"/>.</summary>
    public static long Add(long sum, long bytes) => bytes > long.MaxValue - sum ? long.MaxValue : sum + bytes;

    /// <summary>The sum of many.</summary>
    public static long Of(IEnumerable<long> sizes) => sizes.Aggregate(0L, Add);
}
