using System.Runtime.InteropServices;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat.Checking;

/// <summary>Clusters that nothing has, and the count of free ones that FAT32 keeps.</summary>
internal static class FatSpaceCheck
{
    private const uint Unknown = 0xFFFFFFFF;

    /// <summary>Runs.</summary>
    public static void Run(FatVolume volume, FatTreeCheck tree, CheckLog log)
    {
        long free = 0, lost = 0;
        for (var cluster = K.FirstCluster; cluster < volume.Info.EndCluster; cluster++)
        {
            var entry = volume.Table[cluster];
            if (entry == 0) free++;
            else if (entry != K.Bad && !Bitmap.IsSet(tree.Used, (int)cluster)) lost++;
        }

        if (lost > 0) log.Warn($"{lost} clusters are in use and belong to no file; fsck.vfat frees them");
        if (volume.Info.Bits == 32) CheckInfo(volume, free, log);
    }

    private static void CheckInfo(FatVolume volume, long free, CheckLog log)
    {
        var sector = volume.Info.InfoSector;
        if (sector is 0 or 0xFFFF || sector >= volume.Info.ReservedSectors) return;
        var bytes = new byte[FatInfoSector.Size];
        volume.ReadBytes((long)sector * volume.Info.SectorSize, bytes);
        var info = MemoryMarshal.Read<FatInfoSector>(bytes);
        if (!info.IsValid) log.Warn($"the sector {sector}, which should tell how many clusters are free, is not what it should be");
        else if (info.FreeClusters != Unknown && info.FreeClusters != free) log.Error($"{(uint)info.FreeClusters} clusters are said to be free, and {free} are");
    }
}
