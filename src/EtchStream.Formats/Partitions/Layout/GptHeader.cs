using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Partitions.Layout;

/// <summary>The header of a GUID partition table (UEFI 2.10, 5.3.2; the kernel's <c>gpt_header</c>): 92 bytes, the rest of its sector is reserved.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct GptHeader
{
    /// <summary>"EFI PART" read as a little-endian number.</summary>
    public const ulong ExpectedSignature = 0x5452_4150_2049_4645;

    /// <summary>Bytes of the header that are defined, and the least that <see cref="HeaderSize"/> may say.</summary>
    public const int Size = 92;

    /// <summary>"EFI PART" (<c>signature</c>).</summary>
    public LE64 Signature;

    /// <summary>0x00010000 (<c>revision</c>).</summary>
    public LE32 Revision;

    /// <summary>Bytes that the header's checksum covers (<c>header_size</c>).</summary>
    public LE32 HeaderSize;

    /// <summary>CRC-32 of the header with this field as 0 (<c>header_crc32</c>).</summary>
    public LE32 HeaderCrc32;

    /// <summary>Reserved, 0 (<c>reserved1</c>).</summary>
    public LE32 Reserved1;

    /// <summary>The sector this header lies in (<c>my_lba</c>).</summary>
    public LE64 MyLba;

    /// <summary>The sector of the other header (<c>alternate_lba</c>).</summary>
    public LE64 AlternateLba;

    /// <summary>First sector that partitions may use (<c>first_usable_lba</c>).</summary>
    public LE64 FirstUsableLba;

    /// <summary>Last sector that partitions may use (<c>last_usable_lba</c>).</summary>
    public LE64 LastUsableLba;

    /// <summary>The disk's own GUID (<c>disk_guid</c>).</summary>
    public GptGuid DiskGuid;

    /// <summary>First sector of the entry array that belongs to this header (<c>partition_entry_lba</c>).</summary>
    public LE64 PartitionEntryLba;

    /// <summary>Number of entries, used or not (<c>num_partition_entries</c>).</summary>
    public LE32 EntryCount;

    /// <summary>Bytes an entry, 128 times a power of two (<c>sizeof_partition_entry</c>).</summary>
    public LE32 EntrySize;

    /// <summary>CRC-32 of the whole entry array (<c>partition_entry_array_crc32</c>).</summary>
    public LE32 EntryArrayCrc32;
}
