namespace EtchStream.Formats.Unix;

/// <summary>A point in time as file systems and tar keep it: seconds since 1970-01-01T00:00:00Z, and nanoseconds within that second.</summary>
/// <param name="Seconds">Seconds since the epoch, negative before it.</param>
/// <param name="Nanoseconds">0 to 999 999 999, counted forward from <paramref name="Seconds"/> also before the epoch.</param>
public readonly record struct UnixTime(long Seconds, int Nanoseconds = 0) : IComparable<UnixTime>
{
    /// <inheritdoc/>
    public int CompareTo(UnixTime other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);
}
