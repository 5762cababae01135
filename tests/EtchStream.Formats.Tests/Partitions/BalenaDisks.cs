namespace EtchStream.Formats.Tests.Partitions;

/// <summary>Disks laid out as balenaOS images are, scaled down: the units of 4 MiB are 64 KiB here.</summary>
internal static class BalenaDisks
{
    private const uint Unit = 128;

    /// <summary>The MBR form: three primaries, an extended to the disk's end, state and data in it as 5 and 6.</summary>
    public static DiskBuilder Mbr()
    {
        const uint Extended = 9 * Unit, State = Extended + Unit, DataRecord = State + (2 * Unit), Data = DataRecord + Unit;
        var disk = new DiskBuilder(64 * 1024 * 24).DiskSignature(0x1F2E3D4C)
            .Entry(0, 0, 0x0E, Unit, 2 * Unit, boot: 0x80)
            .Entry(0, 1, 0x83, 3 * Unit, 3 * Unit)
            .Entry(0, 2, 0x83, 6 * Unit, 3 * Unit)
            .Entry(0, 3, 0x0F, Extended, (24 * Unit) - Extended)
            .Entry(Extended, 0, 0x83, Unit, 2 * Unit)
            .Entry(Extended, 1, 0x05, DataRecord - Extended, 4 * Unit)
            .Entry(DataRecord, 0, 0x83, Unit, 3 * Unit);
        return disk
            .Fat16(Unit * 512, "resin-boot", "resin-boot", sectors: 20_000)
            .Ext4(3 * Unit * 512, "resin-rootA")
            .Ext4(6 * Unit * 512, "resin-rootB")
            .Ext4(State * 512, "resin-state")
            .Ext4(Data * 512, "resin-data");
    }

    /// <summary>The GPT form: data is partition 5, and the names equal the labels.</summary>
    public static DiskBuilder Gpt() => new DiskBuilder(64 * 1024 * 24)
        .Gpt(new Dictionary<int, (long First, long Last, string Name)>
        {
            [0] = (Unit, (3 * Unit) - 1, "resin-boot"),
            [1] = (3 * Unit, (6 * Unit) - 1, "resin-rootA"),
            [2] = (6 * Unit, (9 * Unit) - 1, "resin-rootB"),
            [3] = (9 * Unit, (12 * Unit) - 1, "resin-state"),
            [4] = (12 * Unit, (20 * Unit) - 1, "resin-data"),
        })
        .Fat16(Unit * 512, "resin-boot", "resin-boot", sectors: 20_000)
        .Ext4(3 * Unit * 512, "resin-rootA")
        .Ext4(6 * Unit * 512, "resin-rootB")
        .Ext4(9 * Unit * 512, "resin-state")
        .Ext4(12 * Unit * 512, "resin-data");
}
