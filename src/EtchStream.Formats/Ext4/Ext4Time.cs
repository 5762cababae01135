using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Ext4;

/// <summary>Times as inodes keep them: 32 bits of seconds, and in large inodes 2 more bits and nanoseconds.</summary>
internal static class Ext4Time
{
    /// <summary>Earliest second that any inode can hold.</summary>
    public const long Minimum = int.MinValue;

    /// <summary>Last second that a 128-byte inode can hold.</summary>
    public const long Maximum32 = int.MaxValue;

    /// <summary>Last second with the two epoch bits (in the year 2446).</summary>
    public const long Maximum34 = int.MaxValue + (3L << 32);

    /// <summary>Thirty bits hold more than a second has nanoseconds: what no clock can have written counts as the last one.</summary>
    public static UnixTime Decode(uint seconds, uint extra) =>
        new(unchecked((int)seconds) + ((long)(extra & 3) << 32), (int)Math.Min(extra >> 2, 999_999_999));

    public static (uint Seconds, uint Extra) Encode(UnixTime time)
    {
        var low = unchecked((int)time.Seconds);
        var epoch = (uint)(((time.Seconds - low) >> 32) & 3);
        return (unchecked((uint)low), epoch | ((uint)time.Nanoseconds << 2));
    }
}
