namespace EtchStream.Formats.Partitions;

/// <summary>Which partition table a disk has.</summary>
public enum PartitionTableKind
{
    /// <summary>No table: blank, or one file system over the whole disk.</summary>
    None,

    /// <summary>Master boot record, with logical partitions in an extended one.</summary>
    Mbr,

    /// <summary>GUID partition table.</summary>
    Gpt,
}
