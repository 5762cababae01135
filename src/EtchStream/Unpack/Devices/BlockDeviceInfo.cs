namespace EtchStream.Unpack.Devices;

/// <summary>What a person needs to know of a device before all that is on it is lost.</summary>
public sealed record BlockDeviceInfo
{
    /// <summary>The path as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>Maker and model, or what stands behind a virtual device; null where the device does not say.</summary>
    public string? Model { get; init; }

    /// <summary>Its serial number; null where the device does not say.</summary>
    public string? Serial { get; init; }

    /// <summary>Bytes on it; 0 where there is no medium in it.</summary>
    public required long Size { get; init; }

    /// <summary>Whether it is a part of a disk.</summary>
    public bool IsPartition { get; init; }

    /// <summary>Whether it can be taken out.</summary>
    public bool IsRemovable { get; init; }

    /// <summary>The partitions that the system sees on it, by their names (<c>sdb1</c>).</summary>
    public IReadOnlyList<string> Partitions { get; init; } = [];
}
