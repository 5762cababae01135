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

    /// <summary>Path of an apps.json, whose services' images are preloaded and which is written to the data partition's root; null for none.</summary>
    public string? AppsPath { get; init; }

    /// <summary>Whether the device stays on the release of the apps.json until told otherwise; null to leave the file's own word.</summary>
    public bool? PinDevice { get; init; }

    /// <summary>The partition of the engine's data root, by number or label.</summary>
    public string DataPartition { get; init; } = BalenaDataPartition;

    /// <summary>The engine's data root, counted from the partition's root: <c>/docker</c>, or <c>/var/lib/docker</c> for a plain Docker host.</summary>
    public string EngineRoot { get; init; } = BalenaEngineRoot;

    /// <summary>What the images have to run on; null for what there is, which is an error where an image is there for several.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Whether layers that the store of a raw disk image has already are left out, and built upon as they are.</summary>
    public bool Reuse { get; init; } = true;

    /// <summary>How registries are reached.</summary>
    public RegistryOptions Registry { get; init; } = new();
}
