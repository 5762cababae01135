using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;

namespace EtchStream.Pack;

/// <summary>The container images that a device is to have before its first boot, and where its engine looks for them.</summary>
public sealed class ContainerOptions
{
    /// <summary>The label of the data partition of balenaOS.</summary>
    public const string BalenaDataPartition = "resin-data";

    /// <summary>The data root of balenaOS's engine, counted from the root of the data partition.</summary>
    public const string BalenaEngineRoot = "/docker";

    /// <summary>The images, besides those that <see cref="AppsPath"/> names.</summary>
    public IReadOnlyList<ImageLocation> Images { get; init; } = [];

    /// <summary>
    /// Path of a file that names which images of the engines' stores in <see cref="Images"/> are meant, where a store is given without the
    /// name of an image: what <c>docker image inspect</c> printed, or an apps.json. Null for all that have a name.
    /// </summary>
    public string? EngineImagesPath { get; init; }

    /// <summary>Path of an apps.json, whose services' images are preloaded and which is written to the data partition's root; null for none.</summary>
    public string? AppsPath { get; init; }

    /// <summary>Whether the device stays on the release of the apps.json until told otherwise; null to leave the file's own word.</summary>
    public bool? PinDevice { get; init; }

    /// <summary>The supervisor that a balenaOS device is to start instead of the one that its disk image has; null to leave that.</summary>
    public ImageLocation? Supervisor { get; init; }

    /// <summary>The version of <see cref="Supervisor"/>, such as <c>v18.2.2</c>; null to take its tag, or what its label says.</summary>
    public string? SupervisorVersion { get; init; }

    /// <summary>The partition of the engine's data root, by number or label.</summary>
    public string DataPartition { get; init; } = BalenaDataPartition;

    /// <summary>The engine's data root, counted from the partition's root: <c>/docker</c>, or <c>/var/lib/docker</c> for a plain Docker host.</summary>
    public string EngineRoot { get; init; } = BalenaEngineRoot;

    /// <summary>
    /// What the images have to run on; null for what the disk image's board runs, or where that is not known for what there is, which
    /// is an error where an image is there for several.
    /// </summary>
    public Platform? Platform { get; init; }

    /// <summary>Whether images are refused that the disk image's board does not run.</summary>
    public bool CheckArchitecture { get; init; } = true;

    /// <summary>
    /// Whether a compressed disk image is expanded into a sparse temporary file, to find out what its store has already and which
    /// board it is for. It is packed compressed all the same.
    /// </summary>
    public bool Expand { get; init; } = true;

    /// <summary>Whether layers that the store of the disk image has already are left out, and built upon as they are.</summary>
    public bool Reuse { get; init; } = true;

    /// <summary>Whether a text can be <see cref="SupervisorVersion"/>: digits and dots, with or without a <c>v</c> in front, and what else a tag may hold behind.</summary>
    public static bool IsSupervisorVersion(string text) => Containers.SupervisorVersion.IsVersion(text);

    /// <summary>How registries are reached.</summary>
    public RegistryOptions Registry { get; init; } = new();
}
