namespace EtchStream.Formats.Ext4;

/// <summary>CRC-16 with polynomial 0x8005, reflected, no final inversion: the checksum of descriptors under uninit_bg.</summary>
internal static class Crc16
{
    private static readonly ushort[] Table = MakeTable();

    /// <summary>Feeds <paramref name="data"/> into the register <paramref name="crc"/>.</summary>
    public static ushort Append(ushort crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data) crc = (ushort)((crc >> 8) ^ Table[(crc ^ b) & 0xFF]);
        return crc;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? (value >> 1) ^ 0xA001 : value >> 1;
            table[i] = (ushort)value;
        }

        return table;
    }
}
