using EtchStream.Archive.Signing;
using EtchStream.Sources;

namespace EtchStream.Pack;

/// <summary>What one run of <see cref="PackPipeline"/> has to do.</summary>
public sealed class PackOptions
{
    /// <summary>Path of the disk image: raw, or compressed with gzip, xz, zstd, bzip2 or as a zip of one file.</summary>
    public required string Image { get; init; }

    /// <summary>What goes into the image's partitions, in order. Where two give the same path, the later one wins on the device.</summary>
    public IReadOnlyList<Injection> Injections { get; init; } = [];

    /// <summary>Path of a balenaOS device's config.json, for the boot partition; null for none.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>Path of the picture that balenaOS shows while it starts, a PNG, for the boot partition; null for none.</summary>
    public string? SplashPath { get; init; }

    /// <summary>The container images to preload; null for none.</summary>
    public ContainerOptions? Containers { get; init; }

    /// <summary>
    /// Whether the archive says in its first member what each partition needs, so that a reader of a pipe knows it at once. What is injected
    /// is read twice then, and layers of which it is not known yet are fetched once more.
    /// </summary>
    public bool Plan { get; init; }

    /// <summary>Where what layers add up to is kept from run to run, for <see cref="Plan"/>; null to keep nothing. The archive is the same.</summary>
    public string? PlanCache { get; init; } = DefaultPlanCache;

    /// <summary>The folder <c>etchstream/layers</c> where the system has its users' caches.</summary>
    public static string DefaultPlanCache => Planning.LayerFacts.DefaultFolder;

    /// <summary>Path of the archive. It appears, or replaces an older file, only when it is complete. Null to write to <see cref="OutputStream"/>.</summary>
    public string? OutputPath { get; init; }

    /// <summary>Where the archive goes when <see cref="OutputPath"/> is null. It stays open.</summary>
    public Stream? OutputStream { get; init; }

    /// <summary>How the archive as a whole is compressed.</summary>
    public PackCompression Compression { get; init; } = PackCompression.None;

    /// <summary>Signs the archive; null for none. The pipeline does not dispose it. The signature's own bytes differ from run to run, all before it do not.</summary>
    public SigningKey? SigningKey { get; init; }

    /// <summary>How often progress is reported.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether the archive's bytes are on the medium, not only in the system's cache, before it gets its name.</summary>
    public bool Flush { get; init; } = true;
}
