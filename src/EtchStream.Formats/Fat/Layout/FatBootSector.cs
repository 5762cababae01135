using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>The first 36 bytes of a FAT boot sector, the same for all widths (the kernel's <c>struct fat_boot_sector</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatBootSector
{
    /// <summary>Bytes of this part.</summary>
    public const int Size = 36;

    /// <summary>A jump over the parameters, first byte (<c>ignored</c>).</summary>
    public byte Jump0;

    /// <summary>A jump over the parameters, second byte.</summary>
    public byte Jump1;

    /// <summary>A jump over the parameters, third byte.</summary>
    public byte Jump2;

    /// <summary>Who formatted it (<c>system_id</c>), not to be relied on.</summary>
    public LE64 SystemId;

    /// <summary>Bytes a sector (<c>sector_size</c>).</summary>
    public LE16 SectorSize;

    /// <summary>Sectors a cluster (<c>sec_per_clus</c>).</summary>
    public byte SectorsPerCluster;

    /// <summary>Sectors before the first FAT (<c>reserved</c>).</summary>
    public LE16 ReservedSectors;

    /// <summary>Number of FATs (<c>fats</c>).</summary>
    public byte FatCount;

    /// <summary>Entries of the root directory, 0 on FAT32 (<c>dir_entries</c>).</summary>
    public LE16 RootEntries;

    /// <summary>Sectors of the volume, 0 when there are 65536 or more (<c>sectors</c>).</summary>
    public LE16 Sectors16;

    /// <summary>0xF0 or 0xF8 to 0xFF (<c>media</c>).</summary>
    public byte Media;

    /// <summary>Sectors a FAT, 0 on FAT32 (<c>fat_length</c>).</summary>
    public LE16 FatSectors16;

    /// <summary>Sectors a track (<c>secs_track</c>).</summary>
    public LE16 SectorsPerTrack;

    /// <summary>Heads (<c>heads</c>).</summary>
    public LE16 Heads;

    /// <summary>Sectors on the disk before the volume (<c>hidden</c>).</summary>
    public LE32 HiddenSectors;

    /// <summary>Sectors of the volume, when <see cref="Sectors16"/> is 0 (<c>total_sect</c>).</summary>
    public LE32 Sectors32;
}
