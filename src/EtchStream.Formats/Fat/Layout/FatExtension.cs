using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>The 26 bytes that name the volume: at byte 36 on FAT12 and FAT16, at byte 64 on FAT32.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatExtension
{
    /// <summary>Bytes of this part.</summary>
    public const int Size = 26;

    /// <summary>BIOS drive number (<c>drive_number</c>).</summary>
    public byte DriveNumber;

    /// <summary>Flags, bit 0 set while mounted (<c>state</c>).</summary>
    public byte State;

    /// <summary>0x29 when serial and label follow, 0x28 when only the serial does (<c>signature</c>).</summary>
    public byte Signature;

    /// <summary>Serial number (<c>vol_id</c>).</summary>
    public LE32 Serial;

    /// <summary>Label, not always the same as that of the root directory (<c>vol_label</c>).</summary>
    public FatLabel Label;

    /// <summary>"FAT16   " and the like (<c>fs_type</c>), not to be relied on.</summary>
    public LE64 TypeText;
}
