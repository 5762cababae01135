using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.Partitions.Layout;
using Xunit;

namespace EtchStream.Formats.Tests.Partitions;

public class LayoutTests
{
    [Fact]
    public void MbrEntry_lies_as_the_disk_has_it()
    {
        Assert.Equal(16, Unsafe.SizeOf<MbrEntry>());
        Assert.Equal(0, Offset<MbrEntry>(nameof(MbrEntry.BootIndicator)));
        Assert.Equal(4, Offset<MbrEntry>(nameof(MbrEntry.Type)));
        Assert.Equal(8, Offset<MbrEntry>(nameof(MbrEntry.FirstSector)));
        Assert.Equal(12, Offset<MbrEntry>(nameof(MbrEntry.SectorCount)));
    }

    [Fact]
    public void GptHeader_lies_as_the_disk_has_it()
    {
        Assert.Equal(GptHeader.Size, Unsafe.SizeOf<GptHeader>());
        Assert.Equal(8, Offset<GptHeader>(nameof(GptHeader.Revision)));
        Assert.Equal(12, Offset<GptHeader>(nameof(GptHeader.HeaderSize)));
        Assert.Equal(16, Offset<GptHeader>(nameof(GptHeader.HeaderCrc32)));
        Assert.Equal(24, Offset<GptHeader>(nameof(GptHeader.MyLba)));
        Assert.Equal(32, Offset<GptHeader>(nameof(GptHeader.AlternateLba)));
        Assert.Equal(40, Offset<GptHeader>(nameof(GptHeader.FirstUsableLba)));
        Assert.Equal(48, Offset<GptHeader>(nameof(GptHeader.LastUsableLba)));
        Assert.Equal(56, Offset<GptHeader>(nameof(GptHeader.DiskGuid)));
        Assert.Equal(72, Offset<GptHeader>(nameof(GptHeader.PartitionEntryLba)));
        Assert.Equal(80, Offset<GptHeader>(nameof(GptHeader.EntryCount)));
        Assert.Equal(84, Offset<GptHeader>(nameof(GptHeader.EntrySize)));
        Assert.Equal(88, Offset<GptHeader>(nameof(GptHeader.EntryArrayCrc32)));
    }

    [Fact]
    public void GptEntry_lies_as_the_disk_has_it()
    {
        Assert.Equal(GptEntry.Size, Unsafe.SizeOf<GptEntry>());
        Assert.Equal(16, Unsafe.SizeOf<GptGuid>());
        Assert.Equal(72, Unsafe.SizeOf<GptName>());
        Assert.Equal(16, Offset<GptEntry>(nameof(GptEntry.UniqueGuid)));
        Assert.Equal(32, Offset<GptEntry>(nameof(GptEntry.FirstLba)));
        Assert.Equal(40, Offset<GptEntry>(nameof(GptEntry.LastLba)));
        Assert.Equal(48, Offset<GptEntry>(nameof(GptEntry.Attributes)));
        Assert.Equal(56, Offset<GptEntry>(nameof(GptEntry.Name)));
    }

    [Fact]
    public void FatBootSector_lies_as_the_disk_has_it()
    {
        Assert.Equal(FatBootSector.Size, Unsafe.SizeOf<FatBootSector>());
        Assert.Equal(11, Offset<FatBootSector>(nameof(FatBootSector.SectorSize)));
        Assert.Equal(13, Offset<FatBootSector>(nameof(FatBootSector.SectorsPerCluster)));
        Assert.Equal(14, Offset<FatBootSector>(nameof(FatBootSector.ReservedSectors)));
        Assert.Equal(16, Offset<FatBootSector>(nameof(FatBootSector.FatCount)));
        Assert.Equal(17, Offset<FatBootSector>(nameof(FatBootSector.RootEntries)));
        Assert.Equal(19, Offset<FatBootSector>(nameof(FatBootSector.Sectors16)));
        Assert.Equal(21, Offset<FatBootSector>(nameof(FatBootSector.Media)));
        Assert.Equal(22, Offset<FatBootSector>(nameof(FatBootSector.FatSectors16)));
        Assert.Equal(28, Offset<FatBootSector>(nameof(FatBootSector.HiddenSectors)));
        Assert.Equal(32, Offset<FatBootSector>(nameof(FatBootSector.Sectors32)));
    }

    [Fact]
    public void Fat_extensions_lie_as_the_disk_has_them()
    {
        Assert.Equal(FatExtension.Size, Unsafe.SizeOf<FatExtension>());
        Assert.Equal(2, Offset<FatExtension>(nameof(FatExtension.Signature)));
        Assert.Equal(3, Offset<FatExtension>(nameof(FatExtension.Serial)));
        Assert.Equal(7, Offset<FatExtension>(nameof(FatExtension.Label)));
        Assert.Equal(18, Offset<FatExtension>(nameof(FatExtension.TypeText)));
        Assert.Equal(Fat32Extension.Size, Unsafe.SizeOf<Fat32Extension>());
        Assert.Equal(8, Offset<Fat32Extension>(nameof(Fat32Extension.RootCluster)));
        Assert.Equal(12, Offset<Fat32Extension>(nameof(Fat32Extension.InfoSector)));
        Assert.Equal(14, Offset<Fat32Extension>(nameof(Fat32Extension.BackupBootSector)));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
