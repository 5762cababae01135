using EtchStream.Formats.IO;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>Makes sure that writing into a volume does no damage, before the first write.</summary>
internal static class FatWriteCheck
{
    private const int ChunkSize = 64 * 1024;
    private const string Remedy = "run fsck.vfat -a on the partition before the image is packed";

    /// <exception cref="UnsupportedFormatException">It was not unmounted, or the FAT in use is not the one that Linux reads.</exception>
    /// <exception cref="CorruptFormatException">It is larger than its partition, or than its FATs can tell, or these differ.</exception>
    public static void EnsureWritable(FatVolume volume)
    {
        var info = volume.Info;
        var size = info.VolumeSectors * info.SectorSize;
        if (size > volume.Reader.Length) throw new CorruptFormatException("FAT boot sector", 0, $"the volume has {size} bytes and its partition {volume.Reader.Length}");
        if (WhyNotClean(volume) is { } state) throw new UnsupportedFormatException(state.StartsWith("dirty", StringComparison.Ordinal) ? "dirty" : "disk errors", $"the file system is {state}: {Remedy}");
        EnsureConsistent(volume);
    }

    /// <exception cref="UnsupportedFormatException">The FAT in use is not the one that Linux reads.</exception>
    /// <exception cref="CorruptFormatException">The volume is larger than its FATs can tell, or these differ.</exception>
    public static void EnsureConsistent(FatVolume volume)
    {
        var info = volume.Info;
        if (info.EndCluster < info.ClusterCount + 2) throw new CorruptFormatException("FAT boot sector", 0, $"the volume has {info.ClusterCount} clusters, and its FAT has room for {info.EndCluster - 2}");
        if (info.IsMirrored)
        {
            for (var fat = 1; fat < info.FatCount; fat++) EnsureSame(volume.Reader, info, fat);
        }
        else if (info.ActiveFat != 0)
        {
            throw new UnsupportedFormatException("FAT mirroring", $"the volume keeps its files in FAT {info.ActiveFat + 1} alone (mirroring is off), where Linux does not look: format the partition anew with mkfs.vfat");
        }
    }

    /// <summary>How a volume was left that was not unmounted, or had errors; null where all is well.</summary>
    public static string? WhyNotClean(FatVolume volume)
    {
        var entry = volume.Table[1];
        var (clean, noErrors) = volume.Info.Bits switch
        {
            12 => (0u, 0u),
            16 => (0x8000u, 0x4000u),
            _ => (0x0800_0000u, 0x0400_0000u),
        };
        if ((volume.Info.State & 1) != 0 || (entry & clean) != clean) return "dirty, it was not unmounted";
        return (volume.Info.State & 2) != 0 || (entry & noErrors) != noErrors ? "marked to have had disk errors" : null;
    }

    // What lies behind the last entry is no part of the table, and differs where formatters left it as it was.
    private static void EnsureSame(IRandomReader reader, FatVolumeInfo info, int fat)
    {
        var length = (((long)info.EndCluster * info.Bits) + 7) / 8;
        var one = new byte[ChunkSize];
        var other = new byte[ChunkSize];
        for (long at = 0; at < length; at += ChunkSize)
        {
            var count = (int)Math.Min(ChunkSize, length - at);
            reader.Read(info.FatOffset + at, one.AsSpan(0, count));
            reader.Read(info.FatOffset + (fat * info.FatLength) + at, other.AsSpan(0, count));
            if (one.AsSpan(0, count).SequenceEqual(other.AsSpan(0, count))) continue;
            throw new CorruptFormatException("FAT", info.FatOffset + at + one.AsSpan(0, count).CommonPrefixLength(other.AsSpan(0, count)), $"the copies of the FAT differ: {Remedy}");
        }
    }
}
