using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>A slot that holds 13 units of a long name (<c>struct msdos_dir_slot</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatLongNameSlot
{
    /// <summary>Sequence number from 1, with <see cref="FatConstants.LastLongSlot"/> in the last part (<c>id</c>).</summary>
    public byte Sequence;

    /// <summary>Units 0 to 4 (<c>name0_4</c>).</summary>
    public FatNameUnits5 Units0;

    /// <summary>Always <see cref="FatConstants.LongName"/> (<c>attr</c>).</summary>
    public byte Attributes;

    /// <summary>0 (<c>reserved</c>).</summary>
    public byte Reserved;

    /// <summary>Checksum of the 8.3 name that the long one belongs to (<c>alias_checksum</c>).</summary>
    public byte AliasChecksum;

    /// <summary>Units 5 to 10 (<c>name5_10</c>).</summary>
    public FatNameUnits6 Units5;

    /// <summary>0 (<c>start</c>).</summary>
    public LE16 FirstCluster;

    /// <summary>Units 11 and 12 (<c>name11_12</c>).</summary>
    public FatNameUnits2 Units11;

    /// <summary>The slot as it lies in a directory's bytes.</summary>
    public static ref FatLongNameSlot At(Span<byte> slots, int index) =>
        ref MemoryMarshal.AsRef<FatLongNameSlot>(slots.Slice(index * FatConstants.SlotSize, FatConstants.SlotSize));

    /// <summary>The slot as it lies in a directory's bytes, for reading.</summary>
    public static ref readonly FatLongNameSlot At(ReadOnlySpan<byte> slots, int index) =>
        ref MemoryMarshal.AsRef<FatLongNameSlot>(slots.Slice(index * FatConstants.SlotSize, FatConstants.SlotSize));
}

#pragma warning disable S1144, IDE0044, CS0169 // the one element of an inline array is never named

/// <summary>Five UTF-16 units.</summary>
[InlineArray(5)]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatNameUnits5
{
    private LE16 _first;
}

/// <summary>Six UTF-16 units.</summary>
[InlineArray(6)]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatNameUnits6
{
    private LE16 _first;
}

/// <summary>Two UTF-16 units.</summary>
[InlineArray(2)]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatNameUnits2
{
    private LE16 _first;
}
#pragma warning restore S1144, IDE0044, CS0169
