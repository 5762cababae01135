using EtchStream.Formats.Fat.Layout;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat;

/// <summary>An object in the slots of its directory.</summary>
/// <param name="First">The first slot, one of the long name's where there is one.</param>
/// <param name="Own">The slot that describes the object, and the last of its slots.</param>
/// <param name="LongName">The long name, null where there is none that is whole.</param>
internal readonly record struct FatSlotRange(int First, int Own, string? LongName);

/// <summary>Finds the objects in the slots of a directory, by the rules of the kernel's vfat.</summary>
internal static class FatSlots
{
    /// <summary>Whether a slot can take something new. One that was never used does not end the directory for the kernel, nor here.</summary>
    public static bool IsFree(ReadOnlySpan<byte> slots, int index) => slots[index * K.SlotSize] is 0 or K.Deleted;

    /// <summary>Whether it is the volume's label.</summary>
    public static bool IsLabel(in FatDirectorySlot slot) => slot.Attributes != K.LongName && (slot.Attributes & K.VolumeLabel) != 0;

    /// <summary>The name by which an object is shown.</summary>
    public static string NameOf(in FatDirectorySlot slot, string? longName) => longName ?? FatShortName.Decode(slot.Name, slot.LowerCase);

    /// <summary>All objects in the order of the disk, without <c>.</c>, <c>..</c> and the label.</summary>
    public static List<FatSlotRange> Parse(ReadOnlySpan<byte> slots)
    {
        var found = new List<FatSlotRange>();
        var name = new LongNameCollector();
        for (var i = 0; i < slots.Length / K.SlotSize; i++)
        {
            ref readonly var slot = ref FatDirectorySlot.At(slots, i);
            if (IsFree(slots, i) || IsLabel(slot))
            {
                name.Drop();
            }
            else if (slot.Attributes == K.LongName)
            {
                name.Take(FatLongNameSlot.At(slots, i), i);
            }
            else
            {
                ReadOnlySpan<byte> shortName = slot.Name;
                var longName = name.Finish(FatShortName.Checksum(shortName));
                if (!shortName.SequenceEqual(FatShortName.Self) && !shortName.SequenceEqual(FatShortName.Parent))
                {
                    found.Add(new FatSlotRange(longName is null ? i : name.First, i, longName));
                }

                name.Drop();
            }
        }

        return found;
    }

    /// <summary>Puts a long name together from its slots, which have to come without a gap, in order and with one checksum; anything else is none.</summary>
    private sealed class LongNameCollector
    {
        private const int MaxSlots = (K.MaxNameLength + K.UnitsPerSlot - 1) / K.UnitsPerSlot;
        private readonly char[] _units = new char[MaxSlots * K.UnitsPerSlot];
        private int _count;
        private int _missing = -1;
        private byte _checksum;

        public int First { get; private set; }

        public void Drop() => _missing = -1;

        public void Take(in FatLongNameSlot slot, int index)
        {
            var sequence = slot.Sequence & ~K.LastLongSlot;
            if ((slot.Sequence & K.LastLongSlot) != 0)
            {
                First = index;
                _count = sequence;
                _checksum = slot.AliasChecksum;
            }
            else if (sequence != _missing || slot.AliasChecksum != _checksum)
            {
                sequence = 0;
            }

            if (sequence is 0 or > MaxSlots)
            {
                Drop();
                return;
            }

            FatLongName.Decode(slot, _units.AsSpan((sequence - 1) * K.UnitsPerSlot));
            _missing = sequence - 1;
        }

        public string? Finish(byte checksum)
        {
            if (_missing != 0 || checksum != _checksum) return null;
            var units = _units.AsSpan(0, _count * K.UnitsPerSlot);
            var end = units.IndexOf('\0');
            var name = units[..(end < 0 ? units.Length : end)];
            return name.Length is 0 or > K.MaxNameLength ? null : new string(name);
        }
    }
}
