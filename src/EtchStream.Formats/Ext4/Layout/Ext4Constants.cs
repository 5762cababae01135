namespace EtchStream.Formats.Ext4.Layout;

/// <summary>Numbers of the on-disk format that belong to no single structure.</summary>
internal static class Ext4Constants
{
    public const int SuperblockOffset = 1024;
    public const ushort Magic = 0xEF53;
    public const uint RootInode = 2;

    /// <summary>First inode that is not reserved where the superblock does not say (<c>EXT4_GOOD_OLD_FIRST_INO</c>); never less.</summary>
    public const uint FirstInodeOfRevision0 = 11;

    /// <summary><c>EXT4_LINK_MAX</c>.</summary>
    public const int MaxLinks = 65000;
    public const int MaxNameLength = 255;

    // s_state
    public const ushort StateValid = 1;
    public const ushort StateErrors = 2;

    // s_flags
    public const uint FlagUnsignedHash = 2;

    // bg_flags
    public const ushort GroupInodeUninit = 1;
    public const ushort GroupBlockUninit = 2;

    // i_flags
    public const uint IndexFlag = 0x1000;
    public const uint HugeFileFlag = 0x40000;
    public const uint ExtentsFlag = 0x80000;
    public const uint EncryptFlag = 0x800;
    public const uint VerityFlag = 0x100000;
    public const uint EaInodeFlag = 0x200000;
    public const uint InlineDataFlag = 0x10000000;

    // i_mode
    public const int TypeMask = 0xF000;
    public const int TypeFifo = 0x1000;
    public const int TypeCharacterDevice = 0x2000;
    public const int TypeDirectory = 0x4000;
    public const int TypeBlockDevice = 0x6000;
    public const int TypeFile = 0x8000;
    public const int TypeSymbolicLink = 0xA000;
    public const int TypeSocket = 0xC000;

    // extents
    public const ushort ExtentMagic = 0xF30A;
    public const int ExtentRecordSize = 12;

    /// <summary>Longest initialised extent; a longer stored length marks an unwritten one.</summary>
    public const int MaxExtentLength = 32768;
    public const int MaxExtentDepth = 5;

    // extended attributes
    public const uint XattrMagic = 0xEA020000;
}
