using EtchStream.Formats.IO;
using EtchStream.Trees;

namespace EtchStream.Balena;

/// <summary>Where a balenaOS disk image has its <c>supervisor.conf</c>.</summary>
internal static class SupervisorConfFile
{
    /// <summary>The partition that keeps what the OS is told.</summary>
    public const string StatePartition = "resin-state";

    /// <summary>The folder of that partition whose files take the place of those of the root file system.</summary>
    public const string Overlay = "root-overlay/";

    /// <summary>The file's folder, and that of older releases.</summary>
    private static readonly string[] s_folders = ["etc/balena-supervisor", "etc/resin-supervisor"];

    /// <summary>
    /// Finds it. What the device has been told counts before what its root file system says; that one is, on the disk, a layer of an
    /// engine's store.
    /// </summary>
    /// <returns>Its folder, and the file; null where there is none.</returns>
    public static (string Folder, SupervisorConf? Conf) Find(IRandomReader disk, string name)
    {
        using (var state = PartitionTree.TryOpen(disk, name, StatePartition))
        {
            foreach (var folder in s_folders)
            {
                if (state?.TryRead($"{Overlay}{folder}/supervisor.conf", SupervisorConf.MaxLength) is { } told) return (folder, SupervisorConf.Parse(told));
            }
        }

        using var system = PartitionTree.TryOpen(disk, name, "resin-rootA", "flash-rootA");
        foreach (var root in system is null ? [] : Roots(system))
        {
            foreach (var folder in s_folders)
            {
                if (system!.TryRead($"{root}{folder}/supervisor.conf", SupervisorConf.MaxLength) is { } first) return (folder, SupervisorConf.Parse(first));
            }
        }

        return (s_folders[0], null);
    }

    private static IEnumerable<string> Roots(IFileTree system)
    {
        yield return "";
        foreach (var store in (string[])["balena", "docker"])
        {
            foreach (var layer in system.List($"{store}/overlay2")) yield return $"{store}/overlay2/{layer}/diff/";
        }
    }
}
