using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Fat.Layout;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>Every field against the kernel's include/uapi/linux/msdos_fs.h; a field that is added without a line here fails the count.</summary>
public class FatLayoutTests
{
    [Fact]
    public void A_slot_lies_as_the_kernel_has_it() => Check<FatDirectorySlot>(
        32,
        (nameof(FatDirectorySlot.Name), 0), (nameof(FatDirectorySlot.Attributes), 11), (nameof(FatDirectorySlot.LowerCase), 12), (nameof(FatDirectorySlot.CreationHundredths), 13),
        (nameof(FatDirectorySlot.CreationTime), 14), (nameof(FatDirectorySlot.CreationDate), 16), (nameof(FatDirectorySlot.AccessDate), 18), (nameof(FatDirectorySlot.FirstClusterHigh), 20),
        (nameof(FatDirectorySlot.WriteTime), 22), (nameof(FatDirectorySlot.WriteDate), 24), (nameof(FatDirectorySlot.FirstClusterLow), 26), (nameof(FatDirectorySlot.Size), 28));

    [Fact]
    public void A_slot_of_a_long_name_lies_as_the_kernel_has_it() => Check<FatLongNameSlot>(
        32,
        (nameof(FatLongNameSlot.Sequence), 0), (nameof(FatLongNameSlot.Units0), 1), (nameof(FatLongNameSlot.Attributes), 11), (nameof(FatLongNameSlot.Reserved), 12),
        (nameof(FatLongNameSlot.AliasChecksum), 13), (nameof(FatLongNameSlot.Units5), 14), (nameof(FatLongNameSlot.FirstCluster), 26), (nameof(FatLongNameSlot.Units11), 28));

    [Fact]
    public void Fsinfo_lies_as_the_kernel_has_it() => Check<FatInfoSector>(
        512,
        (nameof(FatInfoSector.Signature1), 0), (nameof(FatInfoSector.Reserved1), 4), (nameof(FatInfoSector.Signature2), 484), (nameof(FatInfoSector.FreeClusters), 488),
        (nameof(FatInfoSector.NextCluster), 492), (nameof(FatInfoSector.Reserved2), 496));

    private static void Check<T>(int size, params (string Name, int Offset)[] fields)
        where T : struct
    {
        Assert.Equal(size, Unsafe.SizeOf<T>());
        Assert.Equal(fields.Select(f => f.Name), typeof(T).GetFields().Where(f => !f.IsLiteral).Select(f => f.Name));
        foreach (var (name, offset) in fields) Assert.True(offset == (int)Marshal.OffsetOf<T>(name), $"{name} lies at {Marshal.OffsetOf<T>(name)}, not {offset}");
    }
}
