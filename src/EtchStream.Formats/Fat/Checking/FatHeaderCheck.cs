using System.Runtime.InteropServices;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.Fat.Writing;

namespace EtchStream.Formats.Fat.Checking;

/// <summary>Boot sector, its copy on FAT32, the FATs' first entries, and whether all FATs say the same.</summary>
internal static class FatHeaderCheck
{
    private const int SectorPart = 512;
    private const int StateOffset = 65;

    /// <summary>Runs.</summary>
    /// <returns>Whether the rest can be checked.</returns>
    public static bool Run(FatVolume volume, CheckLog log)
    {
        var info = volume.Info;
        var size = info.VolumeSectors * info.SectorSize;
        if (size > volume.Reader.Length)
        {
            log.Error($"the volume has {size} bytes, and its partition {volume.Reader.Length}");
            return false;
        }

        log.Try(() => FatWriteCheck.EnsureConsistent(volume));
        if (FatWriteCheck.WhyNotClean(volume) is { } state) log.Warn($"the volume is {state}: a device may check or refuse it");
        var boot = new byte[SectorPart];
        volume.ReadBytes(0, boot);
        CheckMedia(volume, boot, log);
        if (info.Bits == 32) CheckCopy(volume, boot, log);
        return true;
    }

    private static void CheckMedia(FatVolume volume, byte[] boot, CheckLog log)
    {
        var media = MemoryMarshal.Read<FatBootSector>(boot).Media;
        var first = (byte)(volume.Table[0] & 0xFF);
        if (first != media) log.Warn($"the FAT begins with the media byte 0x{first:X2}, and the boot sector has 0x{media:X2}");
    }

    private static void CheckCopy(FatVolume volume, byte[] boot, CheckLog log)
    {
        int sector = MemoryMarshal.Read<Fat32Extension>(boot.AsSpan(FatBootSector.Size)).BackupBootSector;
        if (sector is 0 or 0xFFFF || sector >= volume.Info.ReservedSectors) return;
        var copy = new byte[SectorPart];
        volume.ReadBytes((long)sector * volume.Info.SectorSize, copy);

        // Whether it is mounted only the first one says.
        copy[StateOffset] = boot[StateOffset];
        if (!copy.AsSpan().SequenceEqual(boot)) log.Warn($"the boot sector's copy in sector {sector} is not the same; only a repair would miss it");
    }
}
