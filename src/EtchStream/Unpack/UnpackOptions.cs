using EtchStream.Formats.Compression;

namespace EtchStream.Unpack;

/// <summary>What one run of <see cref="UnpackPipeline"/> has to do.</summary>
public sealed class UnpackOptions
{
    /// <summary>Where the archive comes from. The pipeline disposes it.</summary>
    public required ArchiveInput Input { get; init; }

    /// <summary>Path of the file to write. It appears, or replaces an older file, only when it is complete.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Whether the file's bytes are on the medium, not only in the system's cache, before it gets its name.</summary>
    public bool Flush { get; init; } = true;

    /// <summary>What decompresses the archive, or the image in it.</summary>
    public Decoders Decoders { get; init; } = Decoders.Default;

    /// <summary>How often progress is reported.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
