using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Fat;

/// <summary>
/// Dates and times as directory entries keep them: years 1980 to 2107, even seconds, and hundredths of a second for the creation
/// only. The format has no time zone: they are UTC here, as on a device whose clock is.
/// </summary>
internal static class FatTime
{
    /// <summary>1980-01-01T00:00:00Z.</summary>
    public const long Minimum = 315_532_800;

    /// <summary>2107-12-31T23:59:59Z, which is kept as :58.</summary>
    public const long Maximum = 4_354_819_199;

    /// <summary>Whether a time can be kept, to two seconds.</summary>
    public static bool Fits(UnixTime time) => time.Seconds is >= Minimum and <= Maximum;

    /// <summary>Date, time and the hundredths above its two seconds; the nearest that there is when the time does not fit.</summary>
    public static (ushort Date, ushort Time, byte Hundredths) Encode(UnixTime time)
    {
        if (time.Seconds < Minimum) time = new UnixTime(Minimum);
        if (time.Seconds > Maximum) time = new UnixTime(Maximum, 999_999_999);
        var utc = DateTime.UnixEpoch.AddSeconds(time.Seconds);
        return (
            (ushort)(((utc.Year - 1980) << 9) | (utc.Month << 5) | utc.Day),
            (ushort)((utc.Hour << 11) | (utc.Minute << 5) | (utc.Second / 2)),
            (byte)((utc.Second % 2 * 100) + (time.Nanoseconds / 10_000_000)));
    }

    /// <summary>The point in time. Months, days and hours that cannot be count as the first or last that can, as hostile images have any bits.</summary>
    public static UnixTime Decode(ushort date, ushort time)
    {
        var year = 1980 + (date >> 9);
        var month = Math.Clamp((date >> 5) & 0xF, 1, 12);
        var day = Math.Clamp(date & 0x1F, 1, DateTime.DaysInMonth(year, month));
        var utc = new DateTime(year, month, day, Math.Min(time >> 11, 23), Math.Min((time >> 5) & 0x3F, 59), Math.Min(time & 0x1F, 29) * 2, DateTimeKind.Utc);
        return new UnixTime((utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
    }
}
