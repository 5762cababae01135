using EtchStream.Cli.Output;
using EtchStream.Unpack.Devices;

namespace EtchStream.Cli;

/// <summary>Shows a person what is about to be overwritten, and asks.</summary>
internal static class DeviceQuestion
{
    /// <summary>Asks for the devices among the outputs. Where no person is there to answer, nothing is asked.</summary>
    /// <exception cref="EtchStream.Dataflow.OutputRefusedException">A device must not be written, or the answer is no.</exception>
    public static void Ask(Terminal terminal, IReadOnlyList<string> outputs, bool force)
    {
        if (!terminal.IsErrorTerminal || terminal.OpenQuestion is not { } open) return;
        List<BlockDeviceInfo> devices = [.. outputs.Select(BlockDevices.TryDescribe).OfType<BlockDeviceInfo>()];
        if (devices.Count == 0) return;

        // What is refused anyway is not asked for. Of several outputs the others may go on: the run tells.
        if (outputs.Count == 1) BlockDevices.EnsureWritable(outputs[0], force);
        using var answers = open();
        if (answers is null) return;
        foreach (var device in devices) terminal.Error.WriteLine(Text.OneLine($"  {Describe(device)}"));
        terminal.Error.Write(devices.Count == 1 ? "All that is on this device will be lost. Write to it? [y/N] " : $"All that is on these {devices.Count} devices will be lost. Write to them? [y/N] ");
        terminal.Error.Flush();
        if (answers.ReadLine()?.Trim() is "y" or "Y" or "yes") return;
        throw new Dataflow.OutputRefusedException(devices[0].Path, "nothing was written, since the answer was not 'y'");
    }

    /// <summary>One line: <c>/dev/sdb: SanDisk Ultra, 29.7 GiB, removable, with partitions sdb1, sdb2</c>.</summary>
    private static string Describe(BlockDeviceInfo device)
    {
        List<string> facts = [];
        if (device.Model is { } model) facts.Add(model);
        if (device.Serial is { } serial) facts.Add($"serial number {serial}");
        facts.Add(Text.Bytes(device.Size));
        if (device.IsRemovable) facts.Add("removable");
        if (device.IsPartition) facts.Add("a partition");
        facts.Add(device.Partitions.Count > 0 ? $"with partitions {string.Join(", ", device.Partitions)}" : "no partitions");
        return $"{device.Path}: {string.Join(", ", facts)}";
    }
}
