using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>Fills in the slots of new objects.</summary>
internal static class NewSlot
{
    /// <summary>A slot without name and content, created at the time of its last write: no clock is asked.</summary>
    public static FatDirectorySlot Of(byte attributes, UnixTime time)
    {
        var (date, clock, hundredths) = FatTime.Encode(time);
        return new FatDirectorySlot
        {
            Attributes = attributes,
            CreationDate = date,
            CreationTime = clock,
            CreationHundredths = hundredths,
            AccessDate = date,
            WriteDate = date,
            WriteTime = clock,
        };
    }

    /// <summary>Gives a slot another time of the last write.</summary>
    public static void SetTime(ref FatDirectorySlot slot, UnixTime time)
    {
        var (date, clock, _) = FatTime.Encode(time);
        slot.WriteDate = date;
        slot.WriteTime = clock;
        slot.AccessDate = date;
    }
}
