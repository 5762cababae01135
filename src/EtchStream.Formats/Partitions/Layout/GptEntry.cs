using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Partitions.Layout;

/// <summary>One entry of a GUID partition table (UEFI 2.10, 5.3.3; the kernel's <c>gpt_entry</c>): 128 bytes, more in tables with larger entries.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct GptEntry
{
    /// <summary>Bytes of the entry that are defined.</summary>
    public const int Size = 128;

    /// <summary>What the partition is for; all zeros in an unused entry (<c>partition_type_guid</c>).</summary>
    public GptGuid TypeGuid;

    /// <summary>The partition's own GUID (<c>unique_partition_guid</c>).</summary>
    public GptGuid UniqueGuid;

    /// <summary>First sector (<c>starting_lba</c>).</summary>
    public LE64 FirstLba;

    /// <summary>Last sector, which belongs to the partition (<c>ending_lba</c>).</summary>
    public LE64 LastLba;

    /// <summary>Flags: bit 0 needed by the platform, bit 2 legacy BIOS bootable, bits 48 and up by type (<c>attributes</c>).</summary>
    public LE64 Attributes;

    /// <summary>The name (<c>partition_name</c>).</summary>
    public GptName Name;
}
