using EtchStream.Archive.Signing;
using EtchStream.Formats.Compression;
using EtchStream.Sources;
using EtchStream.Unpack.Growth;

namespace EtchStream.Unpack;

/// <summary>What one run of <see cref="UnpackPipeline"/> has to do.</summary>
public sealed class UnpackOptions
{
    /// <summary>Where the archive comes from. The pipeline disposes it.</summary>
    public required ArchiveInput Input { get; init; }

    /// <summary>
    /// Paths of the files and block devices to write, all with the same bytes. A file appears, or replaces an older one, only when it is
    /// complete; a device has no partition table before. Of several, one that fails is dropped and the others go on.
    /// </summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>
    /// Whether a device that is read-only, or lies on the disk that holds the running system, is written all the same. One that is in use
    /// never is.
    /// </summary>
    public bool Force { get; init; }

    /// <summary>
    /// What goes into the image's partitions beside what the archive brings, and over it, in order: one archive serves many devices,
    /// each with files of its own.
    /// </summary>
    public IReadOnlyList<Injection> Injections { get; init; } = [];

    /// <summary>Path of a balenaOS device's config.json, for the boot partition; null for none.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>Path of the picture that balenaOS shows while it starts, a PNG, for the boot partition; null for none.</summary>
    public string? SplashPath { get; init; }

    /// <summary>Whether the image becomes larger when its last partition has no room for what goes into it, or is to be.</summary>
    public GrowOptions Grow { get; init; } = GrowOptions.Auto;

    /// <summary>Whether the file's bytes are on the medium, not only in the system's cache, before it gets its name.</summary>
    public bool Flush { get; init; } = true;

    /// <summary>
    /// Whether all that was written is read back from the medium, past the system's cache, and compared, before an output is complete;
    /// and whether every object that was put into a partition is read by the reader and held against what the archive said of it. Takes
    /// 1 MiB of memory for each GiB of data and output, and some 500 bytes for each object.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>The keys of which one has to have signed the archive; null to take unsigned ones too. The pipeline does not dispose them.</summary>
    public TrustedKeys? TrustedKeys { get; init; }

    /// <summary>What decompresses the archive, or the image in it.</summary>
    public Decoders Decoders { get; init; } = Decoders.Default;

    /// <summary>How often progress is reported.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
