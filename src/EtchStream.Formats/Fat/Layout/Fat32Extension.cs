using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>The 28 bytes at byte 36 of a FAT32 boot sector, before its <see cref="FatExtension"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Fat32Extension
{
    /// <summary>Bytes of this part.</summary>
    public const int Size = 28;

    /// <summary>Sectors a FAT (<c>length</c>).</summary>
    public LE32 FatSectors32;

    /// <summary>Which FAT is in use, if not all (<c>flags</c>).</summary>
    public LE16 Flags;

    /// <summary>Version, 0 (<c>version</c>).</summary>
    public LE16 Version;

    /// <summary>First cluster of the root directory (<c>root_cluster</c>).</summary>
    public LE32 RootCluster;

    /// <summary>Sector of the FSINFO structure (<c>info_sector</c>).</summary>
    public LE16 InfoSector;

    /// <summary>Sector of the boot sector's copy (<c>backup_boot</c>).</summary>
    public LE16 BackupBootSector;

    /// <summary>Reserved (<c>reserved2</c>).</summary>
    public LE32 Reserved0;

    /// <summary>Reserved.</summary>
    public LE32 Reserved1;

    /// <summary>Reserved.</summary>
    public LE32 Reserved2;
}
