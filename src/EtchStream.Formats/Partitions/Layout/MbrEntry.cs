using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Partitions.Layout;

/// <summary>One of the four entries of an MBR or EBR (the kernel's <c>struct msdos_partition</c>), 16 bytes.</summary>
/// <remarks>The cylinder/head/sector fields are kept for their place only: nothing has gone by them since disks outgrew 8 GB.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MbrEntry
{
    /// <summary>0x80 for the partition to boot from, else 0 (<c>boot_ind</c>).</summary>
    public byte BootIndicator;

    /// <summary>Head of the first sector (<c>head</c>).</summary>
    public byte StartHead;

    /// <summary>Sector of the first sector, with the cylinder's high bits (<c>sector</c>).</summary>
    public byte StartSector;

    /// <summary>Cylinder of the first sector (<c>cyl</c>).</summary>
    public byte StartCylinder;

    /// <summary>What the partition is for (<c>sys_ind</c>).</summary>
    public byte Type;

    /// <summary>Head of the last sector (<c>end_head</c>).</summary>
    public byte EndHead;

    /// <summary>Sector of the last sector, with the cylinder's high bits (<c>end_sector</c>).</summary>
    public byte EndSector;

    /// <summary>Cylinder of the last sector (<c>end_cyl</c>).</summary>
    public byte EndCylinder;

    /// <summary>
    /// First sector (<c>start_sect</c>): of the disk in an MBR; in an EBR counted from the EBR for the partition,
    /// and from the start of the whole extended partition for the link to the next EBR.
    /// </summary>
    public LE32 FirstSector;

    /// <summary>Number of sectors, 0 in an unused entry (<c>nr_sects</c>).</summary>
    public LE32 SectorCount;
}
