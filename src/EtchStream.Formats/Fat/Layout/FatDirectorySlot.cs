using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>The slot of a directory that describes an object (<c>struct msdos_dir_entry</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatDirectorySlot
{
    /// <summary>8.3 name (<c>name</c>).</summary>
    public FatLabel Name;

    /// <summary>Attributes (<c>attr</c>).</summary>
    public byte Attributes;

    /// <summary>Which parts of the name are meant in small letters (<c>lcase</c>).</summary>
    public byte LowerCase;

    /// <summary>Creation time, hundredths of a second above the 2 seconds of <see cref="CreationTime"/> (<c>ctime_cs</c>).</summary>
    public byte CreationHundredths;

    /// <summary>Creation time (<c>ctime</c>).</summary>
    public LE16 CreationTime;

    /// <summary>Creation date (<c>cdate</c>).</summary>
    public LE16 CreationDate;

    /// <summary>Date of the last access (<c>adate</c>).</summary>
    public LE16 AccessDate;

    /// <summary>High half of the first cluster, FAT32 only (<c>starthi</c>).</summary>
    public LE16 FirstClusterHigh;

    /// <summary>Time of the last write (<c>time</c>).</summary>
    public LE16 WriteTime;

    /// <summary>Date of the last write (<c>date</c>).</summary>
    public LE16 WriteDate;

    /// <summary>Low half of the first cluster (<c>start</c>).</summary>
    public LE16 FirstClusterLow;

    /// <summary>Bytes of a file, 0 for a directory (<c>size</c>).</summary>
    public LE32 Size;

    /// <summary>First cluster, 0 for none. The high half counts on FAT32 only.</summary>
    public uint FirstCluster
    {
        readonly get => FirstClusterLow | ((uint)FirstClusterHigh << 16);
        set
        {
            FirstClusterLow = (ushort)(value & 0xFFFF);
            FirstClusterHigh = (ushort)(value >> 16);
        }
    }

    /// <summary>The slot as it lies in a directory's bytes.</summary>
    public static ref FatDirectorySlot At(Span<byte> slots, int index) =>
        ref MemoryMarshal.AsRef<FatDirectorySlot>(slots.Slice(index * FatConstants.SlotSize, FatConstants.SlotSize));

    /// <summary>The slot as it lies in a directory's bytes, for reading.</summary>
    public static ref readonly FatDirectorySlot At(ReadOnlySpan<byte> slots, int index) =>
        ref MemoryMarshal.AsRef<FatDirectorySlot>(slots.Slice(index * FatConstants.SlotSize, FatConstants.SlotSize));
}
