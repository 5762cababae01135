using System.Buffers.Binary;
using System.Text;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions.Layout;

namespace EtchStream.Formats.Tests.Partitions;

/// <summary>Writes partition tables byte by byte, right ones and wrong ones, by the specifications and not by the reader's code.</summary>
internal sealed class DiskBuilder
{
    public static readonly Guid LinuxData = new("0fc63daf-8483-4772-8e79-3d69d8477de4");

    public DiskBuilder(long length, int sectorSize = 512)
    {
        Bytes = new byte[length];
        SectorSize = sectorSize;
    }

    public byte[] Bytes { get; }

    public int SectorSize { get; }

    public MemoryDisk Disk => new(Bytes);

    /// <summary>Writes an entry into the MBR or EBR in <paramref name="record"/>; sectors.</summary>
    public DiskBuilder Entry(long record, int slot, byte type, uint first, uint count, byte boot = 0)
    {
        var at = Bytes.AsSpan((int)(record * SectorSize));
        var entry = at.Slice(446 + (slot * 16), 16);
        entry[0] = boot;
        entry[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], count);
        at[510] = 0x55;
        at[511] = 0xAA;
        return this;
    }

    public DiskBuilder DiskSignature(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(440), value);
        return this;
    }

    /// <summary>An ext4 superblock, as much of it as is looked at.</summary>
    public DiskBuilder Ext4(long start, string label)
    {
        var sb = Bytes.AsSpan((int)start + 1024);
        sb[0x00] = 16;
        sb[0x04] = 16;
        sb[0x20] = 8;
        sb[0x38] = 0x53;
        sb[0x39] = 0xEF;
        sb[0x4C] = 1;
        sb[0x5C] = 4;
        sb[0x60] = 0x42;
        for (var i = 0; i < 16; i++) sb[0x68 + i] = (byte)(0xA0 + i);
        Encoding.UTF8.GetBytes(label, sb.Slice(0x78, 16));
        return this;
    }

    /// <summary>A FAT16 volume: boot sector and a root directory with a label.</summary>
    public DiskBuilder Fat16(long start, string bootLabel, string? rootLabel, ushort sectors = 40_000)
    {
        var boot = Bytes.AsSpan((int)start);
        boot[0] = 0xEB;
        boot[2] = 0x90;
        BinaryPrimitives.WriteUInt16LittleEndian(boot[11..], 512);
        boot[13] = 4;
        boot[14] = 1;
        boot[16] = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(boot[17..], 512);
        BinaryPrimitives.WriteUInt16LittleEndian(boot[19..], sectors);
        boot[21] = 0xF8;
        BinaryPrimitives.WriteUInt16LittleEndian(boot[22..], 40);
        boot[38] = 0x29;
        BinaryPrimitives.WriteUInt32LittleEndian(boot[39..], 0x1A2B3C4D);
        Encoding.ASCII.GetBytes(bootLabel.PadRight(11), boot[43..]);
        boot[510] = 0x55;
        boot[511] = 0xAA;
        if (rootLabel is not null)
        {
            var root = boot[(81 * 512)..];

            // A long name and a deleted label come first, to be stepped over.
            root[11] = 0x0F;
            root[0] = 0x41;
            root[32] = 0xE5;
            root[32 + 11] = 0x08;
            Encoding.ASCII.GetBytes(rootLabel.PadRight(11), root[64..]);
            root[64 + 11] = 0x08;
        }

        return this;
    }

    /// <summary>Writes a whole GPT with both copies; partitions by index, sectors both inclusive.</summary>
    public DiskBuilder Gpt(IReadOnlyDictionary<int, (long First, long Last, string Name)> partitions, int entryCount = 128, int entrySize = 128)
    {
        var arraySectors = ((entryCount * entrySize) + SectorSize - 1) / SectorSize;
        long last = (Bytes.Length / SectorSize) - 1;
        var array = new byte[entryCount * entrySize];
        foreach (var (index, (first, end, name)) in partitions)
        {
            var entry = array.AsSpan(index * entrySize, entrySize);
            LinuxData.TryWriteBytes(entry);
            new Guid(index + 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).TryWriteBytes(entry[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], first);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], end);
            Encoding.Unicode.GetBytes(name, entry.Slice(56, 72));
        }

        Entry(0, 0, 0xEE, 1, (uint)last);
        array.CopyTo(Bytes.AsSpan(2 * SectorSize));
        array.CopyTo(Bytes.AsSpan((int)(last - arraySectors) * SectorSize));
        Header(1, last, 2, arraySectors, last, array, entryCount, entrySize);
        Header(last, 1, last - arraySectors, arraySectors, last, array, entryCount, entrySize);
        return this;
    }

    /// <summary>Makes the checksums of the header in <paramref name="lba"/> right again, after something was changed.</summary>
    public DiskBuilder SignGpt(long lba)
    {
        var header = Bytes.AsSpan((int)lba * SectorSize, 92);
        var array = (int)BinaryPrimitives.ReadInt64LittleEndian(header[72..]) * SectorSize;
        var length = (int)(BinaryPrimitives.ReadUInt32LittleEndian(header[80..]) * BinaryPrimitives.ReadUInt32LittleEndian(header[84..]));
        if (array >= 0 && length >= 0 && array + (long)length <= Bytes.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc32.Compute(Bytes.AsSpan(array, length)));
        }

        header[16..20].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Compute(header));
        return this;
    }

    private void Header(long lba, long alternate, long arrayLba, int arraySectors, long last, byte[] array, int entryCount, int entrySize)
    {
        var header = Bytes.AsSpan((int)lba * SectorSize, GptHeader.Size);
        "EFI PART"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x00010000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], lba);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], alternate);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], 2 + arraySectors);
        BinaryPrimitives.WriteInt64LittleEndian(header[48..], last - arraySectors - 1);
        new Guid("11111111-2222-3333-4444-555555555555").TryWriteBytes(header[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[72..], arrayLba);
        BinaryPrimitives.WriteInt32LittleEndian(header[80..], entryCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[84..], entrySize);
        BinaryPrimitives.WriteUInt32LittleEndian(header[88..], Crc32.Compute(array));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], Crc32.Compute(header));
    }
}
