using System.Buffers.Binary;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Single structures made hostile by hand, each of which random damage rarely finds.</summary>
public class HostileInodeTests
{
    private const string NoChecksums = "-t ext4 -b 1024 -J size=1 -O ^metadata_csum,^uninit_bg,64bit";

    [ToolTheory("mke2fs")]
    [InlineData(0u)]
    [InlineData(10u)]
    [InlineData(uint.MaxValue)]
    public void A_first_inode_that_cannot_be_is_corrupt(uint first)
    {
        var image = TestImages.Patch(TestImages.Make(NoChecksums, "8M"), 0x54, _ => first);
        Assert.Contains("first inode", Assert.Throws<CorruptFormatException>(() => Ext4Volume.Open(new MemoryDisk(image))).Message, StringComparison.Ordinal);
    }

    /// <summary>The high halves of the counters of a descriptor: free blocks, free inodes, directories.</summary>
    [ToolTheory("mke2fs")]
    [InlineData(0x2C)]
    [InlineData(0x2E)]
    [InlineData(0x30)]
    public void A_counter_beyond_31_bits_is_corrupt(int field)
    {
        var image = TestImages.Make(NoChecksums, "8M");
        image[2048 + field + 1] = 0xFF;
        Assert.Throws<CorruptFormatException>(() => Ext4Volume.Open(new MemoryDisk(image)));
    }

    private static void Put(byte[] image, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);
}
