using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>A small populated file system, and where its structures lie.</summary>
internal sealed class FuzzSubject
{
    private readonly List<(long Offset, int Length)>[] _places = [[], [], [], [], [], [], []];

    public FuzzSubject(string name, byte[] image)
    {
        Name = name;
        Image = image;
        Disk = new OverlayDisk(image);
        Find();
    }

    public string Name { get; }

    public byte[] Image { get; }

    public OverlayDisk Disk { get; }

    /// <summary>Groups of places: superblock, descriptors, bitmaps, inodes, directory blocks, blocks of maps, blocks of attributes.</summary>
    public IReadOnlyList<IReadOnlyList<(long Offset, int Length)>> Places => _places;

    /// <summary>Inodes in use, with their offsets.</summary>
    public Dictionary<long, uint> InodeAt { get; } = [];

    /// <summary>Directory, map and attribute blocks with the inode they belong to.</summary>
    public Dictionary<long, uint> OwnerAt { get; } = [];

    public bool HasChecksums { get; private set; }

    public int InodeSize { get; private set; }

    public int BlockSize { get; private set; }

    /// <summary>Puts every kind of object into a file system, small enough that a case takes well under a millisecond.</summary>
    public static byte[] Populate(byte[] image)
    {
        var disk = new MemoryDisk(image);
        var writer = Ext4Writer.Open(disk);
        var blockSize = writer.BlockSize;
        var plain = new UnixAttributes { Mode = 0x1A4, UserId = 70000, ModificationTime = new UnixTime(1_700_000_000, 5) };
        var many = new UnixAttributes { Mode = 0x1ED, Xattrs = [.. Enumerable.Range(0, 6).Select(i => new Xattr(Encoding.ASCII.GetBytes($"user.name{i}"), new byte[100 + i]))] };
        Fill(disk, writer.CreateFile("dir/small"u8, plain, 100));
        Fill(disk, writer.CreateFile("dir/file"u8, plain, 40 * blockSize));

        // Holes between all blocks: a tree of extents, or a map with two levels.
        Fill(disk, writer.CreateFile("dir/holes"u8, plain, 700L * blockSize, [.. Enumerable.Range(0, 100).Select(i => new DataRun(i * 7L * blockSize, blockSize))]));
        Fill(disk, writer.CreateFile("dir/attributes"u8, many, 10));
        writer.CreateSymbolicLink("dir/short"u8, "target"u8, plain);
        writer.CreateSymbolicLink("dir/long"u8, Enumerable.Repeat((byte)'x', 200).ToArray(), plain);
        writer.CreateHardLink("link"u8, "dir/small"u8);
        writer.CreateNode("null"u8, FileKind.CharacterDevice, 1, 3, plain);
        writer.CreateNode("fifo"u8, FileKind.Fifo, 0, 0, many);
        writer.CreateDirectory("attributes"u8, many);
        for (var i = 0; i < 120; i++) Fill(disk, writer.CreateFile(Encoding.ASCII.GetBytes($"many/file with a name of some length {i}"), plain, 0));
        foreach (var _ in writer.Commit())
        {
        }

        return image;
    }

    private static void Fill(MemoryDisk disk, IReadOnlyList<FileRun> runs)
    {
        foreach (var run in runs) disk.Write(run.VolumeOffset, Enumerable.Repeat((byte)0x5A, (int)run.Length).ToArray());
    }

    private void Find()
    {
        var volume = Ext4Volume.Open(new MemoryDisk(Image));
        HasChecksums = volume.Checksums.Enabled;
        InodeSize = volume.Superblock.InodeSize;
        BlockSize = volume.Superblock.BlockSize;
        _places[0].Add((1024, 1024));
        _places[1].Add(((volume.Superblock.FirstDataBlock + 1) * BlockSize, volume.Superblock.GroupCount * volume.Superblock.DescriptorSize));
        for (var group = 0; group < volume.Superblock.GroupCount; group++)
        {
            _places[2].Add((volume.Groups.BlockBitmap(group) * BlockSize, volume.Superblock.BlocksPerGroup / 8));
            _places[2].Add((volume.Groups.InodeBitmap(group) * BlockSize, volume.Superblock.InodesPerGroup / 8));
        }

        AddInode(volume, 8);
        Walk(volume, volume.Root, []);
    }

    private void Walk(Ext4Volume volume, Ext4Inode directory, HashSet<uint> seen)
    {
        if (!seen.Add(directory.Number)) return;
        AddInode(volume, directory.Number);
        foreach (var run in volume.ReadMap(directory).Runs)
        {
            for (var i = 0; i < run.Count; i++) AddBlock(4, run.Physical + i, directory.Number);
        }

        foreach (var entry in volume.ReadDirectory(directory))
        {
            var inode = volume.ReadInode(entry.Inode);
            if (inode.Kind == FileKind.Directory) Walk(volume, inode, seen);
            else if (seen.Add(inode.Number)) AddInode(volume, inode.Number);
        }
    }

    private void AddInode(Ext4Volume volume, uint number)
    {
        var offset = volume.InodeOffset(number);
        var inode = volume.ReadInode(number);
        _places[3].Add((offset, InodeSize));
        InodeAt[offset] = number;
        if (number == 8 && inode.Size == 0) return;
        if (inode.Kind is FileKind.File or FileKind.Directory)
        {
            foreach (var block in volume.ReadMap(inode).MetadataBlocks) AddBlock(5, block, number);
        }

        if (inode.XattrBlock != 0) AddBlock(6, inode.XattrBlock, number);
    }

    private void AddBlock(int kind, long block, uint owner)
    {
        _places[kind].Add((block * BlockSize, BlockSize));
        OwnerAt[block * BlockSize] = owner;
    }
}
