namespace EtchStream.Formats.Tar;

/// <summary>Where the fields of a header block lie (POSIX.1 <c>ustar</c> interchange format; GNU tar's old sparse header). Offsets and lengths in bytes.</summary>
internal static class TarHeaderLayout
{
    /// <summary>Unit of everything in an archive.</summary>
    public const int BlockSize = 512;

    public const int Name = 0, NameLength = 100;
    public const int Mode = 100, UserId = 108, GroupId = 116, IdLength = 8;
    public const int Size = 124, ModificationTime = 136, LargeLength = 12;
    public const int Checksum = 148, ChecksumLength = 8;
    public const int TypeFlag = 156;
    public const int LinkName = 157, LinkNameLength = 100;
    public const int Magic = 257, Version = 263;
    public const int DeviceMajor = 329, DeviceMinor = 337, DeviceLength = 8;
    public const int Prefix = 345, PrefixLength = 155;

    /// <summary>star ends its headers in "tar\0" and keeps two times where the prefix's last bytes would be.</summary>
    public const int StarTrailer = 508, StarPrefixLength = 131;

    /// <summary>Old GNU sparse header: four map entries, a flag that says "an extension block follows", the full size.</summary>
    public const int GnuSparse = 386, GnuSparseEntries = 4, GnuIsExtended = 482, GnuRealSize = 483;

    /// <summary>Old GNU sparse extension block: 21 map entries and the same flag.</summary>
    public const int GnuExtensionEntries = 21, GnuExtensionIsExtended = 504;

    /// <summary>One map entry: offset and length, 12 bytes each.</summary>
    public const int GnuSparseEntryLength = 24;

    /// <summary>Largest value of an octal field of 12 bytes with its terminator: eleven digits.</summary>
    public const long MaxLarge = 0x1_FFFF_FFFF;

    /// <summary>Largest value of an octal field of 8 bytes with its terminator: seven digits.</summary>
    public const long MaxSmall = 0x1F_FFFF;

    /// <summary>Bytes from the end of <paramref name="length"/> bytes to the next block boundary: 0 to 511.</summary>
    public static int PaddingOf(long length) => (int)(-length & (BlockSize - 1));
}
