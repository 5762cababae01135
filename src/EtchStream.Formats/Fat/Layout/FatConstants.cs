namespace EtchStream.Formats.Fat.Layout;

/// <summary>Numbers of the format, by the names of the kernel's <c>msdos_fs.h</c> where it has one.</summary>
internal static class FatConstants
{
    /// <summary>Bytes of one directory slot.</summary>
    public const int SlotSize = 32;

    /// <summary><c>FAT_MAX_DIR_ENTRIES</c>: a directory has at most 2 MiB.</summary>
    public const int MaxSlots = 65536;

    /// <summary><c>MSDOS_NAME</c>: 8 characters of name and 3 of extension, filled up with spaces.</summary>
    public const int ShortNameLength = 11;

    /// <summary><c>FAT_LFN_LEN</c>: UTF-16 units of a long name.</summary>
    public const int MaxNameLength = 255;

    /// <summary>UTF-16 units in one slot of a long name.</summary>
    public const int UnitsPerSlot = 13;

    /// <summary>Set in the sequence number of a long name's last part, which is stored first.</summary>
    public const byte LastLongSlot = 0x40;

    /// <summary><c>DELETED_FLAG</c>: first byte of a slot that is free again.</summary>
    public const byte Deleted = 0xE5;

    /// <summary>Stands for a first byte of 0xE5 in a name.</summary>
    public const byte DeletedEscape = 0x05;

    /// <summary><c>ATTR_RO</c>.</summary>
    public const byte ReadOnly = 0x01;

    /// <summary><c>ATTR_VOLUME</c>: the slot holds the volume's label.</summary>
    public const byte VolumeLabel = 0x08;

    /// <summary><c>ATTR_EXT</c>: the slot holds a part of a long name.</summary>
    public const byte LongName = 0x0F;

    /// <summary><c>ATTR_DIR</c>.</summary>
    public const byte Directory = 0x10;

    /// <summary><c>ATTR_ARCH</c>: changed since the last backup, which every new file is.</summary>
    public const byte Archive = 0x20;

    /// <summary><c>CASE_LOWER_BASE</c>.</summary>
    public const byte LowerBase = 0x08;

    /// <summary><c>CASE_LOWER_EXT</c>.</summary>
    public const byte LowerExtension = 0x10;

    /// <summary><c>FAT_START_ENT</c>: the first cluster.</summary>
    public const uint FirstCluster = 2;

    /// <summary>First value that ends a chain, as 32-bit entries have it; narrower ones are widened to it.</summary>
    public const uint EndOfChain = 0x0FFFFFF8;

    /// <summary><c>BAD_FAT32</c>: the cluster must not be used.</summary>
    public const uint Bad = 0x0FFFFFF7;

    /// <summary>The bits of a 32-bit entry that count; the others are kept as they are.</summary>
    public const uint EntryMask = 0x0FFFFFFF;

    /// <summary><c>FAT_STATE_DIRTY</c>, and the bit that Windows sets when a sector could not be read or written.</summary>
    public const byte DirtyState = 0x03;
}
