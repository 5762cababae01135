using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4;

/// <summary>
/// An ext2, ext3 or ext4 file system, read without mounting it: inodes, directories, content, links, extended attributes.
/// </summary>
/// <remarks>
/// Every pointer and length is checked before it is used, and every checksum that the file system keeps. Reading does not
/// replay a journal: a file system that needs recovery is read as it lies on disk.
/// <para>Errors of every method: <see cref="CorruptFormatException"/>, <see cref="UnsupportedFormatException"/>.</para>
/// </remarks>
public sealed class Ext4Volume
{
    /// <summary>A symbolic link's target is shorter than a path may be.</summary>
    private const int MaxSymbolicLink = 65536;

    private readonly IRandomReader _partition;
    private readonly BlockMapReader _maps;
    private readonly XattrReader _xattrs;

    private Ext4Volume(IRandomReader partition, Ext4Superblock superblock)
    {
        _partition = partition;
        Superblock = superblock;
        Checksums = new Ext4Checksums(superblock);
        Groups = GroupDescriptors.Read(partition, superblock, Checksums);
        _maps = new BlockMapReader(partition, superblock, Checksums);
        _xattrs = new XattrReader(partition, superblock, Checksums) { ReadValueInode = ReadValueInode };
    }

    /// <summary>Geometry, features and counters.</summary>
    public Ext4Superblock Superblock { get; }

    /// <summary>The inode of the root directory.</summary>
    public Ext4Inode Root => ReadInode(K.RootInode);

    internal Ext4Checksums Checksums { get; }

    internal GroupDescriptors Groups { get; }

    /// <summary>Opens the file system that fills a partition, checking superblock and group descriptors.</summary>
    public static Ext4Volume Open(IRandomReader partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return new Ext4Volume(partition, Ext4Superblock.Read(partition));
    }

    /// <summary>Reads one inode.</summary>
    public Ext4Inode ReadInode(uint number)
    {
        var bytes = new byte[Superblock.InodeSize];
        _partition.Read(InodeOffset(number), bytes);
        if (!Checksums.InodeIsGood(number, bytes)) throw new CorruptFormatException($"ext4 inode {number}", InodeOffset(number), "its checksum is wrong");
        return new Ext4Inode(number, bytes);
    }

    /// <summary>Finds the inode of a path, following no symbolic link.</summary>
    /// <param name="path">Bytes, parts separated by <c>/</c>; empty for the root.</param>
    /// <returns>Null when there is no such object.</returns>
    public Ext4Inode? Find(ReadOnlySpan<byte> path)
    {
        var inode = Root;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range].ToArray();
            if (part.Length == 0) continue;
            if (inode.Kind != FileKind.Directory) return null;
            uint found = 0;
            VisitDirectory(inode, (name, number, _) =>
            {
                if (name.SequenceEqual(part)) found = number;
            });
            if (found == 0) return null;
            inode = ReadInode(found);
        }

        return inode;
    }

    /// <summary>Finds the inode of a path given as text.</summary>
    public Ext4Inode? Find(string path) => Find(Encoding.UTF8.GetBytes(path));

    /// <summary>Lists a directory without <c>.</c> and <c>..</c>, in the order of the disk.</summary>
    public List<Ext4DirectoryEntry> ReadDirectory(Ext4Inode directory)
    {
        var entries = new List<Ext4DirectoryEntry>();
        VisitDirectory(directory, (name, inode, type) =>
        {
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) entries.Add(new Ext4DirectoryEntry(name.ToArray(), inode, DirectoryParser.KindOf(type)));
        });
        return entries;
    }

    /// <summary>Reads content of a regular file; holes read as zeros.</summary>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    public int ReadFile(Ext4Inode file, long offset, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new Ext4FileReader(this, file).Read(offset, buffer);
    }

    /// <summary>Reads all of a regular file.</summary>
    /// <exception cref="UnsupportedFormatException">It has more bytes than an array can hold (2 GiB).</exception>
    public byte[] ReadFile(Ext4Inode file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Size > Array.MaxLength) throw new UnsupportedFormatException("file size", $"ext4 inode {file.Number}: {file.Size} bytes are too many to be read at once");
        var content = new byte[file.Size];
        ReadFile(file, 0, content);
        return content;
    }

    /// <summary>Opens a file for many reads: its block map is read once.</summary>
    public Ext4FileReader OpenFile(Ext4Inode file) => new(this, file);

    /// <summary>Target of a symbolic link, byte for byte.</summary>
    public byte[] ReadSymbolicLink(Ext4Inode link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var size = link.Size;
        if (size > MaxSymbolicLink) throw new CorruptFormatException($"ext4 inode {link.Number}", -1, $"a symbolic link of {size} bytes cannot be");
        if (size < 60 && !link.UsesExtents && !link.HasInlineData) return link.Block[..(int)size].ToArray();
        var target = new byte[size];
        new Ext4FileReader(this, link).Read(0, target);
        return target;
    }

    /// <summary>Extended attributes, ACLs in the form of the system calls.</summary>
    public List<Xattr> ReadXattrs(Ext4Inode inode)
    {
        ArgumentNullException.ThrowIfNull(inode);
        return _xattrs.Read(inode);
    }

    internal List<Xattr> ReadXattrs(Ext4Inode inode, out bool hasValueInode) => _xattrs.Read(inode, out _, out hasValueInode);

    internal byte[] ReadXattrBlock(Ext4Inode inode) => _xattrs.ReadBlock(inode);

    internal BlockMap ReadMap(Ext4Inode inode) => _maps.Read(inode);

    internal void ReadBytes(long offset, Span<byte> buffer) => _partition.Read(offset, buffer);

    internal void ReadBlocks(long block, Span<byte> buffer) => _partition.Read(block * Superblock.BlockSize, buffer);

    internal long InodeOffset(uint number)
    {
        if (number == 0 || number > Superblock.InodeCount) throw new CorruptFormatException($"ext4 inode {number}", -1, $"there are only {Superblock.InodeCount} inodes");
        var group = (int)((number - 1) / (uint)Superblock.InodesPerGroup);
        var index = (number - 1) % (uint)Superblock.InodesPerGroup;
        return Groups.InodeTable(group) * Superblock.BlockSize + index * Superblock.InodeSize;
    }

    /// <summary>Content of a file whose data lies inside its inode.</summary>
    internal byte[] ReadInlineData(Ext4Inode inode)
    {
        _xattrs.Read(inode, out var rest, out _);
        byte[] all = [.. inode.Block, .. rest];
        if (inode.Size > all.Length) throw new CorruptFormatException($"ext4 inode {inode.Number}", -1, $"its inline data of {inode.Size} bytes is cut off");
        return all;
    }

    /// <summary>Visits every entry of a directory, <c>.</c> and <c>..</c> included where they are stored.</summary>
    internal void VisitDirectory(Ext4Inode directory, DirectoryParser.EntrySink sink)
    {
        var context = $"ext4 directory inode {directory.Number}";
        if (directory.Kind != FileKind.Directory) throw new CorruptFormatException(context, -1, "it is not a directory");
        if ((directory.Flags & K.EncryptFlag) != 0) throw new UnsupportedFormatException("encrypt", $"{context}: it is encrypted");
        if (directory.HasInlineData)
        {
            VisitInlineDirectory(directory, context, sink);
            return;
        }

        if (directory.Size % Superblock.BlockSize != 0) throw new CorruptFormatException(context, -1, $"a size of {directory.Size} bytes is not a count of blocks");
        var map = ReadMap(directory);
        var block = new byte[Superblock.BlockSize];
        var seed = Checksums.InodeSeed(directory.Number, directory.Generation);
        var indexed = (directory.Flags & K.IndexFlag) != 0;
        var blocks = directory.Size / Superblock.BlockSize;
        foreach (var run in map.Runs)
        {
            for (long i = 0; i < run.Count && run.Logical + i < blocks; i++)
            {
                ReadBlocks(run.Physical + i, block);
                DirectoryBlocks.Verify(block, indexed, run.Logical + i, Checksums.Enabled, seed, context);
                DirectoryParser.Parse(block, Superblock.HasFileTypes, context, sink);
            }
        }
    }

    private void VisitInlineDirectory(Ext4Inode directory, string context, DirectoryParser.EntrySink sink)
    {
        // The first four bytes are the parent's inode; then entries fill i_block, and after it the attribute value.
        var data = ReadInlineData(directory);
        if (data.Length < 60) throw new CorruptFormatException(context, -1, "its inline data is cut off");
        DirectoryParser.Parse(data.AsSpan(4, 56), Superblock.HasFileTypes, context, sink);
        if (data.Length > 60) DirectoryParser.Parse(data.AsSpan(60), Superblock.HasFileTypes, context, sink);
    }

    private byte[] ReadValueInode(uint number, int size)
    {
        // Inline data would be looked for among the attributes of the value's own inode, which could lead back here.
        var inode = ReadInode(number);
        if ((inode.Flags & K.EaInodeFlag) == 0 || inode.HasInlineData || inode.Size != size) throw new CorruptFormatException($"ext4 inode {number}", -1, "it does not hold the attribute value that points to it");
        var value = new byte[size];
        new Ext4FileReader(this, inode).Read(0, value);
        return value;
    }
}
