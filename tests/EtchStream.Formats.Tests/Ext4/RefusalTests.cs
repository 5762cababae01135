using System.Buffers.Binary;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>A file system in which a write could do damage is refused before the first byte is written; reading goes on where it can.</summary>
public class RefusalTests
{
    private const int State = 0x3A;
    private const int Compat = 0x5C;
    private const int Incompat = 0x60;
    private const int RoCompat = 0x64;
    private static readonly Lazy<byte[]> Checksummed = new(() => TestImages.Make("-t ext4 -b 1024 -J size=1", "8M"));
    private static readonly Lazy<byte[]> Plain = new(() => TestImages.Make("-t ext3 -b 1024 -O ^metadata_csum -J size=1", "8M"));

    [ToolTheory("mke2fs")]
    [InlineData(Incompat, 0x1, "compression", false)]
    [InlineData(Incompat, 0x4, "needs_recovery", true)]
    [InlineData(Incompat, 0x8, "journal_dev", false)]
    [InlineData(Incompat, 0x100, "mmp", true)]
    [InlineData(Incompat, 0x1000, "dirdata", false)]
    [InlineData(Incompat, 0x10000, "encrypt", true)]
    [InlineData(Incompat, 0x20000, "casefold", true)]
    [InlineData(Incompat, 0x40000, "incompat 0x40000", false)]
    [InlineData(Incompat, 0x80000000, "incompat 0x80000000", false)]
    [InlineData(RoCompat, 0x4, "btree_dir", true)]
    [InlineData(RoCompat, 0x80, "has_snapshot", true)]
    [InlineData(RoCompat, 0x100, "quota", true)]
    [InlineData(RoCompat, 0x200, "bigalloc", true)]
    [InlineData(RoCompat, 0x800, "replica", true)]
    [InlineData(RoCompat, 0x1000, "read-only", true)]
    [InlineData(RoCompat, 0x2000, "project", true)]
    [InlineData(RoCompat, 0x4000, "shared_blocks", true)]
    [InlineData(RoCompat, 0x8000, "verity", true)]
    [InlineData(RoCompat, 0x10000, "orphan_present", true)]
    [InlineData(RoCompat, 0x20000, "ro_compat 0x20000", true)]
    [InlineData(RoCompat, 0x80000000, "ro_compat 0x80000000", true)]
    public void A_feature_that_cannot_be_written_is_named(int word, uint bit, string feature, bool isReadable)
    {
        foreach (var image in (byte[][])[Checksummed.Value, Plain.Value])
        {
            Refused<UnsupportedFormatException>(TestImages.Patch(image, word, bits => bits | bit), feature, isReadable);
        }
    }

    [ToolTheory("mke2fs")]
    [InlineData("-t ext4 -O bigalloc", "bigalloc")]
    [InlineData("-t ext4 -O encrypt", "encrypt")]
    [InlineData("-t ext4 -O verity", "verity")]
    [InlineData("-t ext4 -O casefold", "casefold")]
    [InlineData("-t ext4 -O quota", "quota")]
    [InlineData("-t ext4 -O quota,project", "quota")]
    [InlineData("-t ext4 -O project", "project")]
    [InlineData("-t ext4 -O mmp", "mmp")]
    public void A_file_system_that_mke2fs_made_with_the_feature_is_refused_and_can_be_read(string options, string feature) =>
        Refused<UnsupportedFormatException>(TestImages.Make(options, "16M"), feature, isReadable: true);

    [ToolFact("mke2fs")]
    public void A_journal_device_is_no_file_system() =>
        Refused<UnsupportedFormatException>(TestImages.Make("-O journal_dev -b 4096", "16M"), "journal_dev", isReadable: false);

    [ToolFact("mke2fs")]
    public void A_journal_on_another_device_is_refused()
    {
        Refused<UnsupportedFormatException>(TestImages.Patch(Checksummed.Value, 0xE0, _ => 0), "external journal", isReadable: true);
        Refused<UnsupportedFormatException>(TestImages.Patch(Plain.Value, 0xE4, _ => 0x803), "external journal", isReadable: true);
    }

    /// <summary>The flag in the superblock may be gone while the journal still has something to say, e.g. in an image copied from a running system.</summary>
    [ToolTheory("mke2fs")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_that_is_not_empty_is_refused_even_without_its_flag(bool withChecksums)
    {
        var image = (byte[])(withChecksums ? Checksummed : Plain).Value.Clone();
        var at = JournalOffset(image);
        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(at + 28), 1);
        Refused<UnsupportedFormatException>(image, "needs_recovery", isReadable: true);
    }

    [ToolFact("mke2fs")]
    public void A_journal_without_its_superblock_is_corrupt()
    {
        var image = (byte[])Plain.Value.Clone();
        image.AsSpan(JournalOffset(image), 4).Clear();
        Refused<CorruptFormatException>(image, "journal", isReadable: true);
        Refused<CorruptFormatException>(TestImages.Patch(Plain.Value, 0xE0, _ => 0xFFFFFFF0), "inode 4294967280", isReadable: true);
    }

    [ToolFact("mke2fs")]
    public void A_state_other_than_clean_is_refused()
    {
        // s_state shares its word with s_magic.
        Refused<CorruptFormatException>(TestImages.Patch(Checksummed.Value, State - 2, word => word | 2u << 16), "errors", isReadable: true);
        Refused<CorruptFormatException>(TestImages.Patch(Plain.Value, State - 2, word => (word & 0xFFFF) | 2u << 16), "errors", isReadable: true);
        Refused<UnsupportedFormatException>(TestImages.Patch(Checksummed.Value, State - 2, word => word & 0xFFFF), "not clean", isReadable: true);
        Refused<UnsupportedFormatException>(TestImages.Patch(Plain.Value, State - 2, word => (word & 0xFFFF) | 4u << 16), "not clean", isReadable: true);
        Refused<UnsupportedFormatException>(TestImages.Patch(Checksummed.Value, 0xE8, _ => 12), "orphan inodes", isReadable: true);
    }

    [ToolFact("mke2fs")]
    public void Both_kinds_of_descriptor_checksum_together_are_corrupt()
    {
        var image = TestImages.Patch(Checksummed.Value, RoCompat, bits => bits | 0x10);
        Refused<CorruptFormatException>(image, "uninit_bg", isReadable: true);
    }

    [ToolFact("mke2fs")]
    public void A_checksum_type_that_is_not_known_is_refused()
    {
        var image = (byte[])Checksummed.Value.Clone();
        image[1024 + 0x175] = 2;
        TestImages.Seal(image);
        Refused<UnsupportedFormatException>(image, "checksum type", isReadable: false);
    }

    [ToolFact("mke2fs", "e2fsck")]
    public void A_compatible_feature_that_is_not_known_is_accepted()
    {
        foreach (var image in (byte[][])[Checksummed.Value, Plain.Value])
        {
            var patched = TestImages.Patch(image, Compat, bits => bits | 0x40000000);
            var writer = Ext4Writer.Open(new MemoryDisk(patched));
            Assert.Empty(writer.CreateFile("x"u8, new UnixAttributes { Mode = 0x1A4 }, 0));
            foreach (var _ in writer.Commit())
            {
            }

            Assert.NotNull(Ext4Volume.Open(new MemoryDisk(patched)).Find("x"));

            // e2fsck itself refuses the bit, so it is taken away again before it looks.
            Assert.Empty(TestImages.Complaints(TestImages.Patch(patched, Compat, bits => bits & ~0x40000000u)));
        }
    }

    private static int JournalOffset(byte[] image)
    {
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        var map = volume.ReadMap(volume.ReadInode(8));
        return (int)(map.Runs[0].Physical * volume.Superblock.BlockSize);
    }

    private static void Refused<T>(byte[] image, string names, bool isReadable)
        where T : Exception
    {
        var before = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(image));
        var disk = new MemoryDisk(image);
        var refusal = Assert.Throws<T>(() => Ext4Writer.Open(disk));
        if (refusal is UnsupportedFormatException unsupported) Assert.Equal(names, unsupported.Feature);
        Assert.Contains(names, refusal.Message, StringComparison.Ordinal);
        if (isReadable) Assert.NotNull(Ext4Volume.Open(disk).Find("lost+found"));
        else Assert.Throws<T>(() => Ext4Volume.Open(disk));
        Assert.Equal(before, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(image)));
    }
}
