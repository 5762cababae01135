using System.Buffers.Binary;
using System.Globalization;

namespace EtchStream.TestKit;

/// <summary>Makes disk images with partition tables.</summary>
public static class DiskImages
{
    private const long MiB = 1 << 20;
    private const int Sector = 512;

    /// <summary>A disk with one Linux partition at 1 MiB.</summary>
    public static PartitionSpec OnePartition(string image, long length)
    {
        var spec = new PartitionSpec(1, MiB, length, 0x83, "data");
        WriteMbr(image, spec.End + MiB, spec);
        return spec;
    }

    /// <summary>
    /// The layout of balenaOS: boot, two roots, state and data, the last two logical partitions 5 and 6 on MBR and partitions 4 and 5 on GPT.
    /// Everything aligned to 4 MiB, each logical partition's table 4 MiB before it.
    /// </summary>
    /// <param name="image">The image to make.</param>
    /// <param name="gpt">GPT instead of MBR.</param>
    /// <param name="dataLength">Bytes of the data partition.</param>
    public static IReadOnlyList<PartitionSpec> Balena(string image, bool gpt, long dataLength)
    {
        PartitionSpec[] specs =
        [
            new(1, 4 * MiB, 16 * MiB, 0x0e, "resin-boot"),
            new(2, 20 * MiB, 16 * MiB, 0x83, "resin-rootA"),
            new(3, 36 * MiB, 16 * MiB, 0x83, "resin-rootB"),
            new(gpt ? 4 : 5, 56 * MiB, 20 * MiB, 0x83, "resin-state"),
            new(gpt ? 5 : 6, 80 * MiB, dataLength, 0x83, "resin-data"),
        ];
        if (gpt) WriteGpt(image, specs[^1].End + (4 * MiB), specs);
        else WriteMbr(image, specs[^1].End, [.. specs, new(4, 52 * MiB, specs[^1].End - (52 * MiB), 0x0f, "")]);
        return specs;
    }

    /// <summary>Makes a sparse image with an MBR; partitions from 5 on become logical, each with its EBR 4 MiB before it.</summary>
    public static void WriteMbr(string image, long length, params PartitionSpec[] specs)
    {
        using var file = File.OpenHandle(image, FileMode.Create, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, length);
        var mbr = Table();
        BinaryPrimitives.WriteUInt32LittleEndian(mbr.AsSpan(440), 0xe7c45742);
        foreach (var spec in specs.Where(spec => spec.Number <= 4)) Put(mbr, spec.Number - 1, spec.Type, spec.Start / Sector, spec.Length / Sector);
        RandomAccess.Write(file, mbr, 0);

        var extended = specs.FirstOrDefault(spec => spec.Type is 0x0f or 0x05);
        var logical = specs.Where(spec => spec.Number > 4).OrderBy(spec => spec.Number).ToArray();
        for (var i = 0; i < logical.Length; i++)
        {
            // The partition counts from its own EBR, the pointer to the next EBR from the start of the extended partition.
            var here = logical[i].Start - (4 * MiB);
            var ebr = Table();
            Put(ebr, 0, logical[i].Type, (logical[i].Start - here) / Sector, logical[i].Length / Sector);
            if (i + 1 < logical.Length) Put(ebr, 1, 0x05, (logical[i + 1].Start - (4 * MiB) - extended!.Start) / Sector, (logical[i + 1].Length + (4 * MiB)) / Sector);
            RandomAccess.Write(file, ebr, here);
        }
    }

    /// <summary>Makes a sparse image with a GPT, by sgdisk.</summary>
    public static void WriteGpt(string image, long length, params PartitionSpec[] specs)
    {
        using (var file = File.OpenHandle(image, FileMode.Create, FileAccess.ReadWrite)) RandomAccess.SetLength(file, length);
        List<string> arguments = ["--clear", "--set-alignment=1", "--disk-guid=6c1f7bb8-0d4c-4b4f-9a42-3f0a5a1d0c01"];
        foreach (var spec in specs)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--new={spec.Number}:{spec.Start / Sector}:{(spec.End / Sector) - 1}"));
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--change-name={spec.Number}:{spec.Name}"));
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--partition-guid={spec.Number}:6c1f7bb8-0d4c-4b4f-9a42-3f0a5a1d0c{spec.Number + 16:x2}"));
        }

        HostTool.RunOk("sgdisk", [.. arguments, image]);
    }

    private static byte[] Table()
    {
        var table = new byte[Sector];
        table[510] = 0x55;
        table[511] = 0xaa;
        return table;
    }

    private static void Put(byte[] table, int index, byte type, long start, long sectors)
    {
        var entry = table.AsSpan(446 + (16 * index), 16);
        entry[4] = type;

        // CHS addresses that say "beyond": everything reads the LBA fields.
        entry[1] = entry[5] = 0xfe;
        entry[2] = entry[3] = entry[6] = entry[7] = 0xff;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], checked((uint)start));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], checked((uint)sectors));
    }
}
