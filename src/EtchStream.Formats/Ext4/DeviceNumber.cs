namespace EtchStream.Formats.Ext4;

/// <summary>Device numbers in the first two words of the block map: the old 16-bit form, or the new one where it does not fit.</summary>
internal static class DeviceNumber
{
    public const uint MaxMajor = 0xFFF;
    public const uint MaxMinor = 0xFFFFF;

    public static (uint Old, uint New) Encode(uint major, uint minor) =>
        major < 256 && minor < 256
            ? (major << 8 | minor, 0)
            : (0, (minor & 0xFF) | major << 8 | (minor & ~0xFFu) << 12);

    public static (uint Major, uint Minor) Decode(uint old, uint @new) =>
        old != 0
            ? (old >> 8 & 0xFF, old & 0xFF)
            : (@new >> 8 & MaxMajor, (@new & 0xFF) | (@new >> 12 & 0xFFF00));
}
