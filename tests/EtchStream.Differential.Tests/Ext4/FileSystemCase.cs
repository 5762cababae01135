using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>How the file system lies in its disk.</summary>
public enum DiskLayout
{
    /// <summary>MBR, one primary partition.</summary>
    OnePartition,

    /// <summary>balenaOS on MBR: logical partition 6, addressed by number.</summary>
    BalenaMbr,

    /// <summary>balenaOS on GPT: partition 5, addressed by label.</summary>
    BalenaGpt,
}

/// <summary>What is unpacked.</summary>
public enum Payload
{
    /// <summary>The hostile tree in its quick size.</summary>
    Hostile,

    /// <summary>The hostile tree, and a minimal Debian over it.</summary>
    HostileAndDebian,

    /// <summary>The hostile tree with its very large folders.</summary>
    Big,
}

/// <summary>What a kernel did with the file system before.</summary>
public enum Past
{
    /// <summary>Nothing.</summary>
    New,

    /// <summary>Filled it up, and left holes everywhere.</summary>
    FullAndFragmented,

    /// <summary>Made large folders, deep trees, and files of every kind where the payload's files go.</summary>
    Used,
}

/// <summary>One file system of the matrix, made by the real mke2fs.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Options">Options for mke2fs, separated by spaces.</param>
/// <param name="MiB">Size of the partition.</param>
public sealed record FileSystemCase(string Name, string Options, int MiB = 128)
{
    /// <summary>What is unpacked.</summary>
    public Payload Payload { get; init; }

    /// <summary>The past of the file system.</summary>
    public Past Past { get; init; }

    /// <summary>The disk around it.</summary>
    public DiskLayout Layout { get; init; }

    /// <summary>Block size that the payload is made for: at most the file system's own.</summary>
    public int PayloadBlockSize { get; init; } = 4096;

    /// <summary>Options for tune2fs, to be run after mke2fs; null for none.</summary>
    public string? Tune { get; init; }

    /// <summary>The partition as the archive's paths name it.</summary>
    public string Partition => Layout switch { DiskLayout.BalenaMbr => "6", DiskLayout.BalenaGpt => "resin-data", _ => "1" };

    /// <summary>The archives with the payload, in the order in which they are unpacked.</summary>
    public string[] Archives()
    {
        var quick = HostileTreeOptions.Quick with { BlockSize = PayloadBlockSize };
        var big = HostileTreeOptions.Big with { BlockSize = PayloadBlockSize };
        return Payload switch
        {
            Payload.Hostile => [Payloads.Hostile(quick, Partition)],
            Payload.HostileAndDebian => [Payloads.Hostile(quick, Partition), Payloads.Debian(Partition)],
            _ => [Payloads.Hostile(big, Partition)],
        };
    }

    /// <summary>Makes the disk image with the file system, and gives it its past.</summary>
    public Ext4Image Make(string image)
    {
        var volume = Layout switch
        {
            DiskLayout.OnePartition => Format(image, DiskImages.OnePartition(image, MiB * 1024L * 1024)),
            _ => BalenaDisk.Make(image, Layout == DiskLayout.BalenaGpt, MiB * 1024L * 1024),
        };
        if (Tune is not null)
        {
            // tune2fs takes no offset: through a loop device.
            using var device = LoopDevice.Open(volume.Path, volume.Offset, volume.Length, readOnly: false);
            HostTool.RunOk("tune2fs", [.. Tune.Split(' '), device.Path]);
        }

        if (Past != Past.New)
        {
            using var mount = LoopMount.Open(volume, readOnly: false);
            if (Past == Past.FullAndFragmented) Pasts.FillAndFragment(mount.Path);
            else Pasts.Use(mount.Path);
        }

        return volume;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Ext4Image Format(string image, PartitionSpec spec) =>
        Ext4Image.Make(image, spec.Start, spec.Length, Options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
