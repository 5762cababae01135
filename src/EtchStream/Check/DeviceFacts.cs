using EtchStream.Balena;
using EtchStream.Formats.IO;
using EtchStream.Sources;
using EtchStream.Trees;

namespace EtchStream.Check;

/// <summary>What a balenaOS disk image says of the device that it is for.</summary>
/// <param name="Board">The board; null where it is not known.</param>
/// <param name="Supervisor">Which supervisor the device starts; null where it is not known.</param>
internal readonly record struct DeviceFacts(DeviceType? Board, SupervisorConf? Supervisor)
{
    /// <summary>Reads both from a disk.</summary>
    public static DeviceFacts Read(IRandomReader disk, string path, CheckRun run)
    {
        DeviceType? board = null;
        SupervisorConf? supervisor = null;
        run.Try("boot partition", () =>
        {
            using var boot = PartitionTree.TryOpen(disk, path, [.. BootFiles.Labels]);
            if (boot is not null) board = DeviceType.TryRead(boot);
        });
        run.Try("root partition", () => supervisor = SupervisorConfFile.Find(disk, path).Conf);
        return new DeviceFacts(board, supervisor);
    }
}
