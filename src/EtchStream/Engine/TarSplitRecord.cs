namespace EtchStream.Engine;

/// <summary>One record of a layer's <c>tar-split.json.gz</c>: raw bytes of the tar, or a file whose content stands for them.</summary>
internal sealed class TarSplitRecord
{
    /// <summary>For a segment: the raw bytes; null for a file.</summary>
    public byte[]? Segment { get; init; }

    /// <summary>For a file: its name as the tar spells it; null for a segment.</summary>
    public byte[]? Name { get; init; }

    /// <summary>For a file: bytes of content.</summary>
    public long Size { get; init; }

    /// <summary>For a file with content: its <see cref="Crc64"/>; null where it is not kept.</summary>
    public ulong? Checksum { get; init; }

    /// <summary>Bytes of the tar that it stands for.</summary>
    public long Length => Segment?.Length ?? Size;
}
