using EtchStream.Balena;
using EtchStream.Formats.Partitions;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Pack.Images;
using EtchStream.Sources;

namespace EtchStream.Pack.Containers;

/// <summary>
/// Makes an image the supervisor that a balenaOS device starts: the names under which the OS looks for it, and the file that tells the
/// OS so. The supervisor that the disk image has stays in its store, for the device to clean up.
/// </summary>
internal sealed class SupervisorPreload
{
    /// <summary>The partition that keeps what the OS is told.</summary>
    public const string StatePartition = SupervisorConfFile.StatePartition;

    private const string Repository = "balena_supervisor";

    // A file that says: root-overlay is not to be made anew on first boot.
    private const string KeepState = "remove_me_to_reset";

    private SupervisorPreload(string version, IReadOnlyList<IEntrySource> files, string? warning)
    {
        Version = version;
        Files = files;
        Warning = warning;
    }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Files for the partition <see cref="StatePartition"/>.</summary>
    public IReadOnlyList<IEntrySource> Files { get; }

    /// <summary>What the device will not do; null for nothing.</summary>
    public string? Warning { get; }

    /// <summary>Whether the disk image has the partition that is written to.</summary>
    public static bool HasState(ImageFile image) => image.Disk is { } disk && PartitionFinder.TryFind(PartitionTable.Read(disk), disk, StatePartition) is not null;

    /// <summary>Gives the image its names, and makes the files.</summary>
    public static SupervisorPreload Add(ContainerPlan plan, ImageLocation location, string? wantedVersion, ImageFile image)
    {
        var planned = plan.ImageAt(location);
        var version = SupervisorVersion.Of(wantedVersion, location, planned.Config);
        var (folder, conf) = image.Disk is { } disk ? SupervisorConfFile.Find(disk, image.Path) : ("", null);

        // The OS' scripts hand the version on as they find it: with a v, if that is how this OS writes it.
        if (conf?.Version?.StartsWith('v') == true && char.IsAsciiDigit(version[0])) version = "v" + version;
        var repository = location.Reference?.FamiliarName ?? planned.Names.FirstOrDefault().Reference?.FamiliarName ?? Repository;
        Name(plan, planned, $"{Repository}:{version}", location);
        Name(plan, planned, $"{repository}:{ImageReference.DefaultTag}", location);
        if (conf?.HasTag == true) Name(plan, planned, $"{repository}:{version}", location);
        if (!HasState(image))
        {
            return new SupervisorPreload(version, [], image.Disk is null
                ? $"{image.Path} is compressed and was not expanded: the image of {location} is packed, but what makes the device start it as its supervisor is not"
                : $"{image.Path} has no partition {StatePartition}: the image of {location} is packed with the supervisor's names, but nothing tells the device to start it");
        }

        return new SupervisorPreload(
            version,
            [
                new MemoryFileSource(Target($"{SupervisorConfFile.Overlay}{folder}/supervisor.conf"), "supervisor.conf", (conf ?? SupervisorConf.Default).With(repository, version)),
                new MemoryFileSource(Target(KeepState), "supervisor.conf", []),
            ],
            warning: null);
    }

    private static void Name(ContainerPlan plan, PlannedImage image, string name, ImageLocation location) => plan.AddName(image, ImageReference.Parse(name), name, location);

    private static InjectTarget Target(string path) => new(StatePartition, System.Text.Encoding.UTF8.GetBytes(path));
}
