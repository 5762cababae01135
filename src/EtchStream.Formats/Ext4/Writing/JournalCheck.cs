using System.Buffers.Binary;

namespace EtchStream.Formats.Ext4.Writing;

/// <summary>Makes sure that the journal holds nothing that a later mount would replay over what is written here.</summary>
internal static class JournalCheck
{
    private const uint JournalMagic = 0xC03B3998;

    public static void EnsureEmpty(Ext4Volume volume)
    {
        if ((volume.Superblock.Compat & Ext4CompatFeatures.HasJournal) == 0) return;
        var number = volume.Superblock.Raw.JournalInode;
        var journal = volume.ReadInode(number);
        Span<byte> header = stackalloc byte[32];
        if (volume.ReadFile(journal, 0, header) != header.Length || BinaryPrimitives.ReadUInt32BigEndian(header) != JournalMagic)
        {
            throw new CorruptFormatException($"ext4 journal in inode {number}", -1, "its superblock is missing: run e2fsck -f");
        }

        // s_start names the first block of the log; 0 means that it is empty.
        if (BinaryPrimitives.ReadUInt32BigEndian(header[28..]) != 0)
        {
            throw new UnsupportedFormatException("needs_recovery", "the file system's journal has not been replayed (needs_recovery, though its flag is not set): run e2fsck -f on the partition, or mount and unmount it once, before the image is packed");
        }
    }
}
