using System.Buffers.Binary;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>A superblock without a file system behind it, for what looks at nothing else.</summary>
internal static class SmallSuperblock
{
    public static Ext4Superblock WithHash(byte version, bool isUnsigned, ReadOnlySpan<byte> seed)
    {
        var image = new byte[300 * 1024];
        var raw = image.AsSpan(1024, 1024);
        Put(raw, 0x0, 16);
        Put(raw, 0x4, 300);
        Put(raw, 0x14, 1);
        Put(raw, 0x20, 8192);
        Put(raw, 0x28, 16);
        Put(raw, 0x38, 0xEF53 | 1 << 16);
        Put(raw, 0x4C, 1);
        Put(raw, 0x54, 11);
        Put(raw, 0x58, 128);
        seed.CopyTo(raw[0xEC..]);
        raw[0xFC] = version;
        Put(raw, 0x160, isUnsigned ? 2u : 1u);
        return Ext4Superblock.Read(new MemoryDisk(image));
    }

    private static void Put(Span<byte> raw, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(raw[at..], value);
}
