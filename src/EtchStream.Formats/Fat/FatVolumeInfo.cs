using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Fat;

/// <summary>Geometry and names of a FAT volume, read from its boot sector and root directory. Read only, and never throws on garbage.</summary>
public sealed class FatVolumeInfo
{
    // A label is nearly always the first entry. The limit bounds the work on a hostile chain of clusters.
    private const int MaxRootBytes = 2 * 1024 * 1024;
    private const int DirectoryEntrySize = 32;
    private const byte VolumeLabelAttribute = 0x08;
    private const byte LongNameAttributes = 0x0F;
    private static readonly Encoding s_codePage = CodePagesEncodingProvider.Instance.GetEncoding(850) ?? Encoding.Latin1;

    private FatVolumeInfo(in FatBootSector boot, in Fat32Extension wide, uint fatSectors, long volumeSectors, long firstDataSector, bool isFat32)
    {
        SectorSize = boot.SectorSize;
        ClusterSize = SectorSize * boot.SectorsPerCluster;
        ReservedSectors = boot.ReservedSectors;
        FatCount = boot.FatCount;
        FatSectors = fatSectors;
        RootEntries = boot.RootEntries;
        VolumeSectors = volumeSectors;
        FirstDataSector = firstDataSector;
        ClusterCount = (volumeSectors - firstDataSector) / boot.SectorsPerCluster;

        // The kernel's rule: no 16-bit FAT length means FAT32, else the count of clusters decides.
        Bits = isFat32 ? 32 : ClusterCount < 4085 ? 12 : 16;
        RootCluster = isFat32 ? wide.RootCluster : 0u;
        InfoSector = isFat32 ? wide.InfoSector : 0;
        Version = isFat32 ? wide.Version : 0;

        // With bit 7 set, the FATs are no copies of each other: one, by its number, is in use.
        IsMirrored = !isFat32 || (wide.Flags & 0x80) == 0;
        ActiveFat = IsMirrored ? 0 : wide.Flags & 0xF;
    }

    /// <summary>Bits of a FAT entry: 12, 16 or 32.</summary>
    public int Bits { get; }

    /// <summary>Bytes a sector, 512 to 4096.</summary>
    public int SectorSize { get; }

    /// <summary>Bytes a cluster.</summary>
    public int ClusterSize { get; }

    /// <summary>Sectors before the first FAT.</summary>
    public int ReservedSectors { get; }

    /// <summary>Number of FATs.</summary>
    public int FatCount { get; }

    /// <summary>Sectors of one FAT.</summary>
    public long FatSectors { get; }

    /// <summary>Entries of the fixed root directory, 0 on FAT32.</summary>
    public int RootEntries { get; }

    /// <summary>First cluster of the root directory on FAT32, else 0.</summary>
    public uint RootCluster { get; }

    /// <summary>Sectors of the volume.</summary>
    public long VolumeSectors { get; }

    /// <summary>The sector at which cluster 2 lies.</summary>
    public long FirstDataSector { get; }

    /// <summary>Clusters for data.</summary>
    public long ClusterCount { get; }

    /// <summary>First byte of the first FAT.</summary>
    internal long FatOffset => (long)ReservedSectors * SectorSize;

    /// <summary>Bytes of one FAT.</summary>
    internal long FatLength => FatSectors * SectorSize;

    /// <summary>First byte of the root directory of FAT12 and FAT16.</summary>
    internal long FixedRootOffset => FatOffset + (FatCount * FatLength);

    /// <summary>First cluster number behind the last one that both the volume and its FAT have room for.</summary>
    internal uint EndCluster => (uint)Math.Min(ClusterCount + 2, FatLength * 8 / Bits);

    /// <summary>Sector of the FSINFO structure, 0 (or 0xFFFF) where there is none.</summary>
    internal int InfoSector { get; }

    /// <summary>Version of FAT32, 0 so far.</summary>
    internal int Version { get; }

    /// <summary>Whether all FATs are copies of each other.</summary>
    internal bool IsMirrored { get; }

    /// <summary>The FAT that is read.</summary>
    internal int ActiveFat { get; }

    /// <summary>The boot sector's flags: bit 0 while mounted, bit 1 after a disk error.</summary>
    internal byte State { get; private set; }

    /// <summary>The label in the root directory, or else that in the boot sector; null when there is none.</summary>
    public string? Label { get; private set; }

    /// <summary>The serial number, null when the boot sector has none.</summary>
    public uint? Serial { get; private set; }

    /// <summary>The serial number as tools print it, <c>1A2B-3C4D</c>.</summary>
    public string? SerialText => Serial is { } serial ? $"{serial >> 16:X4}-{serial & 0xFFFF:X4}" : null;

    /// <summary>Reads a volume; null when the boot sector is not that of a FAT volume, or the image ends within the FAT.</summary>
    public static FatVolumeInfo? TryRead(IRandomReader volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        if (volume.Length < 512) return null;
        var sector = new byte[512];
        volume.Read(0, sector);
        var boot = MemoryMarshal.Read<FatBootSector>(sector);
        var wide = MemoryMarshal.Read<Fat32Extension>(sector.AsSpan(FatBootSector.Size));
        if (sector[510] != 0x55 || sector[511] != 0xAA) return null;
        if (!IsPlausible(boot)) return null;

        var isFat32 = boot.FatSectors16 == 0;
        var fatSectors = isFat32 ? (uint)wide.FatSectors32 : boot.FatSectors16;
        var volumeSectors = boot.Sectors16 != 0 ? (long)boot.Sectors16 : boot.Sectors32;
        var rootSectors = ((boot.RootEntries * DirectoryEntrySize) + boot.SectorSize - 1) / boot.SectorSize;
        var firstData = boot.ReservedSectors + (boot.FatCount * (long)fatSectors) + rootSectors;
        if (fatSectors == 0 || volumeSectors <= firstData || (!isFat32 && boot.RootEntries == 0)) return null;

        var info = new FatVolumeInfo(boot, wide, fatSectors, volumeSectors, firstData, isFat32);
        if (info.Bits == 16 && info.ClusterCount > 65524) return null;
        if (info.Bits == 32 && info.ClusterCount > 0x0FFFFFF6) return null;
        var extension = MemoryMarshal.Read<FatExtension>(sector.AsSpan(FatBootSector.Size + (isFat32 ? Fat32Extension.Size : 0)));
        info.State = extension.State;
        if (extension.Signature is 0x28 or 0x29) info.Serial = extension.Serial;
        info.Label = info.ReadRootLabel(volume);
        if (info.Label is null && extension.Signature == 0x29) info.Label = Decode(extension.Label);
        return info;
    }

    /// <summary>First byte of a cluster.</summary>
    internal long ClusterOffset(uint cluster) => (FirstDataSector * SectorSize) + ((cluster - 2L) * ClusterSize);

    private static bool IsPlausible(in FatBootSector boot) =>
        boot.SectorSize >= 512 && boot.SectorSize <= 4096 && BitOperations.IsPow2((uint)boot.SectorSize)
        && boot.SectorsPerCluster != 0 && BitOperations.IsPow2((uint)boot.SectorsPerCluster)
        && boot.ReservedSectors != 0 && boot.FatCount is >= 1 and <= 4
        && boot.Media is 0xF0 or >= 0xF8;

    private string? ReadRootLabel(IRandomReader volume)
    {
        if (Bits != 32)
        {
            var start = (ReservedSectors + (FatCount * FatSectors)) * SectorSize;
            return ScanDirectory(volume, start, RootEntries * DirectoryEntrySize, out _);
        }

        // The FAT is read one entry at a time; the total limit also ends a chain that runs in a circle.
        var cluster = RootCluster;
        for (var done = 0L; done < MaxRootBytes && cluster >= 2 && cluster < ClusterCount + 2; done += ClusterSize)
        {
            var start = (FirstDataSector * SectorSize) + ((cluster - 2L) * ClusterSize);
            var label = ScanDirectory(volume, start, ClusterSize, out var ended);
            if (ended) return label;
            cluster = NextCluster(volume, cluster);
        }

        return null;
    }

    private uint NextCluster(IRandomReader volume, uint cluster)
    {
        var offset = ((long)ReservedSectors * SectorSize) + (cluster * 4L);
        if (cluster * 4L >= FatSectors * SectorSize || offset > volume.Length - 4) return 0;
        Span<byte> entry = stackalloc byte[4];
        volume.Read(offset, entry);
        return BinaryPrimitives.ReadUInt32LittleEndian(entry) & 0x0FFFFFFF;
    }

    /// <summary>Looks for the volume label in one stretch of a directory.</summary>
    /// <returns>The label; null when it is not there, with <paramref name="ended"/> set when the directory ends here.</returns>
    private static string? ScanDirectory(IRandomReader volume, long start, int length, out bool ended)
    {
        ended = true;
        if (start > volume.Length - length) return null;
        var entries = new byte[length];
        volume.Read(start, entries);
        for (var at = 0; at + DirectoryEntrySize <= length; at += DirectoryEntrySize)
        {
            var entry = entries.AsSpan(at, DirectoryEntrySize);
            if (entry[0] == 0) return null;
            if (entry[0] == 0xE5 || (entry[11] & LongNameAttributes) == LongNameAttributes || (entry[11] & VolumeLabelAttribute) == 0) continue;

            // 0x05 stands for a first letter of 0xE5, which would mark the entry as deleted.
            if (entry[0] == 0x05) entry[0] = 0xE5;
            return Decode(entry[..FatLabel.Size]);
        }

        ended = false;
        return null;
    }

    private static string? Decode(ReadOnlySpan<byte> label)
    {
        var end = label.IndexOf((byte)0);
        var text = s_codePage.GetString(end < 0 ? label : label[..end]).TrimEnd();
        return text.Length == 0 || text == "NO NAME" ? null : text;
    }
}
