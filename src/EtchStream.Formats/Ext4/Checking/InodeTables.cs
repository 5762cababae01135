using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>What is known of every inode in use: an array a group, made when the first one of the group is.</summary>
internal sealed class InodeTables(Ext4Superblock superblock)
{
    private readonly InodeFacts[]?[] _groups = new InodeFacts[]?[superblock.GroupCount];

    /// <summary>The directories, by number.</summary>
    public List<uint> Directories { get; } = [];

    /// <summary>What is known of an inode. Its group gets room for it.</summary>
    public ref InodeFacts this[uint number]
    {
        get
        {
            var group = (int)((number - 1) / (uint)superblock.InodesPerGroup);
            var table = _groups[group] ??= new InodeFacts[superblock.InodesPerGroup];
            return ref table[(number - 1) % (uint)superblock.InodesPerGroup];
        }
    }

    /// <summary>Whether there is an inode of that number, and it is in use.</summary>
    public bool IsUsed(uint number) =>
        number > 0 && number <= superblock.InodeCount && _groups[(number - 1) / (uint)superblock.InodesPerGroup] is { } table && table[(number - 1) % (uint)superblock.InodesPerGroup].IsUsed;

    /// <summary>The inodes of a group; null where none is in use.</summary>
    public InodeFacts[]? Group(int group) => _groups[group];
}

/// <summary>What is known of one inode.</summary>
internal struct InodeFacts
{
    /// <summary>Whether it is in use.</summary>
    public bool IsUsed;

    /// <summary>Whether it belongs to the file system itself, and needs no name.</summary>
    public bool IsInternal;

    /// <summary>What it is.</summary>
    public FileKind Kind;

    /// <summary>The names that it says it has.</summary>
    public ushort Links;

    /// <summary>The names that were found, <c>.</c> and <c>..</c> among them.</summary>
    public uint References;

    /// <summary>For a directory: the one that has its name; 0 for none.</summary>
    public uint Parent;

    /// <summary>For a directory: where its <c>..</c> leads; 0 where there is none.</summary>
    public uint DotDot;
}
