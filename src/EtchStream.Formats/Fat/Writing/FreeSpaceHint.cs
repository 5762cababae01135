using System.Runtime.InteropServices;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>FAT32's FSINFO sector, where there is one: how many clusters are free, and where the next search may begin.</summary>
internal sealed class FreeSpaceHint
{
    private readonly byte[]? _bytes;
    private readonly long _offset;

    private FreeSpaceHint(byte[]? bytes, long offset)
    {
        _bytes = bytes;
        _offset = offset;
    }

    /// <summary>The cluster where the next search may begin; 0 when it is not known.</summary>
    public uint NextCluster => _bytes is null ? 0 : (uint)MemoryMarshal.Read<FatInfoSector>(_bytes).NextCluster;

    /// <summary>Reads it. What has not its signatures is none, for the kernel too.</summary>
    public static FreeSpaceHint Read(FatVolume volume)
    {
        var info = volume.Info;
        if (info.InfoSector <= 0 || info.InfoSector >= info.ReservedSectors) return new FreeSpaceHint(null, 0);
        var offset = (long)info.InfoSector * info.SectorSize;
        var bytes = new byte[FatInfoSector.Size];
        volume.Reader.Read(offset, bytes);
        return new FreeSpaceHint(MemoryMarshal.Read<FatInfoSector>(bytes).IsValid ? bytes : null, offset);
    }

    /// <summary>Writes it.</summary>
    /// <param name="disk">The partition.</param>
    /// <param name="freeClusters">Free clusters.</param>
    /// <param name="lastTaken">The cluster that was taken last; 0 leaves the hint as it is.</param>
    public void Write(IBlockWriter disk, long freeClusters, uint lastTaken)
    {
        if (_bytes is null) return;
        ref var sector = ref MemoryMarshal.AsRef<FatInfoSector>(_bytes.AsSpan());
        sector.FreeClusters = (uint)freeClusters;
        if (lastTaken != 0) sector.NextCluster = lastTaken;
        disk.Write(_offset, _bytes);
    }
}
