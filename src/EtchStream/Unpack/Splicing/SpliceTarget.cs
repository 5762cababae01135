using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Unpack.Verification;

namespace EtchStream.Unpack.Splicing;

/// <summary>One partition that gets files.</summary>
internal sealed class SpliceTarget
{
    public SpliceTarget(Partition partition, DiskSlice disk, OpenedFileSystem fileSystem, BlockWriterSlice contentWriter)
    {
        Disk = disk;
        Partition = partition;
        FileSystem = fileSystem;
        ContentWriter = contentWriter;
        var label = Label;
        Name = string.IsNullOrEmpty(label) ? $"partition {partition.Number}" : $"partition {partition.Number} ({label})";
    }

    public Partition Partition { get; }

    public OpenedFileSystem FileSystem { get; }

    /// <summary>The partition's bytes.</summary>
    public DiskSlice Disk { get; }

    /// <summary>Takes the files' content, at offsets of the partition.</summary>
    public BlockWriterSlice ContentWriter { get; }

    /// <summary>The rules for the container engine's store, when it lies in this partition.</summary>
    public EngineStore? Engine { get; init; }

    /// <summary>What has to be there in the end; null where nobody asks.</summary>
    public ExpectedObjects? Expected { get; init; }

    public IFileSystemWriter Writer => FileSystem.Writer;

    public string? Label => string.IsNullOrEmpty(FileSystem.Label) ? Partition.Name : FileSystem.Label;

    /// <summary>How messages call it.</summary>
    public string Name { get; }

    public long Entries { get; set; }

    public long Files { get; set; }

    public long Bytes { get; set; }
}

/// <summary>A number or label by which the archive calls a partition, and what came under it.</summary>
internal sealed class SpliceSelector
{
    public required byte[] Bytes { get; init; }

    public required string Text { get; init; }

    public required SpliceTarget Target { get; init; }

    public long Entries { get; set; }

    public long ContentBytes { get; set; }
}
