using EtchStream.Formats.Endian;
using EtchStream.Formats.Fat.Layout;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat;

/// <summary>Long names: UTF-16 in slots of 13 units, the last part first, in front of the object's own slot.</summary>
internal static class FatLongName
{
    private const ushort Filling = 0xFFFF;

    /// <summary>Slots that a long name takes, the object's own not counted.</summary>
    public static int SlotCount(string name) => (name.Length + K.UnitsPerSlot - 1) / K.UnitsPerSlot;

    /// <summary>Writes a name's slots.</summary>
    /// <param name="slots">The slots, exactly as many as the name takes.</param>
    /// <param name="name">The name, 1 to 255 units.</param>
    /// <param name="checksum">Checksum of the object's 8.3 name.</param>
    public static void Encode(Span<byte> slots, string name, byte checksum)
    {
        var count = SlotCount(name);
        for (var i = 0; i < count; i++)
        {
            var part = count - 1 - i;
            ref var slot = ref FatLongNameSlot.At(slots, i);
            slot = new FatLongNameSlot
            {
                Sequence = (byte)((part + 1) | (i == 0 ? K.LastLongSlot : 0)),
                Attributes = K.LongName,
                AliasChecksum = checksum,
            };
            var at = part * K.UnitsPerSlot;
            Put(slot.Units0, name, at);
            Put(slot.Units5, name, at + 5);
            Put(slot.Units11, name, at + 11);
        }
    }

    /// <summary>Reads one slot's units into the place where they belong.</summary>
    public static void Decode(in FatLongNameSlot slot, Span<char> units)
    {
        Get(slot.Units0, units);
        Get(slot.Units5, units[5..]);
        Get(slot.Units11, units[11..]);
    }

    // A name that does not fill its last slot ends with a zero, and what is behind that is filling.
    private static void Put(Span<LE16> units, string name, int at)
    {
        for (var i = 0; i < units.Length; i++, at++) units[i] = at < name.Length ? name[at] : at == name.Length ? (ushort)0 : Filling;
    }

    private static void Get(ReadOnlySpan<LE16> units, Span<char> target)
    {
        for (var i = 0; i < units.Length; i++) target[i] = (char)(ushort)units[i];
    }
}
