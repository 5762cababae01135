using System.Buffers.Binary;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>Looks at every inode in use, and claims its blocks.</summary>
internal sealed class InodeScan(Ext4Volume volume, BlockClaims claims, InodeTables inodes, CheckLog log)
{
    private const int PieceSize = 1 << 20;
    private const uint JournalInode = 8;
    private const int DeletionTimeAt = 0x14;
    private const int LinksAt = 0x1A;
    private const int BlocksAt = 0x1C;
    private const int MapAt = 0x28;
    private const int MapSize = 60;
    private const int FastLinkLength = 60;
    private const int XattrReferencesAt = 4;

    private readonly Ext4Superblock _superblock = volume.Superblock;
    private readonly Dictionary<long, (uint Expected, uint Found)> _xattrBlocks = [];

    /// <summary>Runs.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        if ((_superblock.Incompat & Ext4IncompatFeatures.MultiMountProtection) != 0) Claim("the multi-mount protection", (long)(ulong)_superblock.Raw.MmpBlock, 1);
        for (var group = 0; group < _superblock.GroupCount; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ScanGroup(group, cancellationToken);
        }

        if (!inodes.IsUsed(K.RootInode) || inodes[K.RootInode].Kind != FileKind.Directory) log.Error("the root directory is missing");
        foreach (var (block, (expected, found)) in _xattrBlocks)
        {
            if (expected != found) log.Error($"the attribute block {block} says that {expected} inodes use it, and {found} do");
        }
    }

    /// <summary>As many blocks as direct, indirect, doubly and triply indirect ones reach; and no more sectors than 32 bits count, but with huge_file.</summary>
    private long LargestWithoutExtents
    {
        get
        {
            long perBlock = _superblock.BlockSize / 4;
            var blocks = 12 + perBlock + (perBlock * perBlock) + (perBlock * perBlock * perBlock);
            return blocks > long.MaxValue / _superblock.BlockSize ? long.MaxValue : blocks * _superblock.BlockSize;
        }
    }

    private void ScanGroup(int group, CancellationToken cancellationToken)
    {
        // What lies behind the part of a table that was ever used has no meaning.
        var count = _superblock.InodesPerGroup - volume.Groups.UnusedInodes(group);
        var size = _superblock.InodeSize;
        var first = ((uint)group * (uint)_superblock.InodesPerGroup) + 1;
        var table = volume.Groups.InodeTable(group) * _superblock.BlockSize;
        var piece = new byte[Math.Min((long)count * size, PieceSize)];
        for (var at = 0; at < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var here = Math.Min(count - at, piece.Length / size);
            volume.ReadBytes(table + ((long)at * size), piece.AsSpan(0, here * size));
            for (var i = 0; i < here; i++) Scan(first + (uint)(at + i), piece.AsSpan(i * size, size));
            at += here;
        }
    }

    private void Scan(uint number, ReadOnlySpan<byte> bytes)
    {
        var links = BinaryPrimitives.ReadUInt16LittleEndian(bytes[LinksAt..]);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var isDeleted = BinaryPrimitives.ReadUInt32LittleEndian(bytes[DeletionTimeAt..]) != 0;
        var isReserved = number < _superblock.FirstInode && number != K.RootInode;
        if (links == 0 || (isReserved && mode == 0))
        {
            if (mode != 0 && !isDeleted) log.Error($"inode {number} has no links, and was never deleted");
            if (isReserved && bytes[MapAt..(MapAt + MapSize)].ContainsAnyExcept((byte)0)) log.Warn($"the reserved inode {number} has blocks, which are not checked");
            if (isReserved && BinaryPrimitives.ReadUInt32LittleEndian(bytes[BlocksAt..]) != 0) log.Error($"the reserved inode {number} counts blocks");
            if (isReserved && bytes.ContainsAnyExcept((byte)0) && !volume.Checksums.InodeIsGood(number, bytes)) log.Error($"the checksum of inode {number} is wrong");
            return;
        }

        if (isDeleted) log.Error($"inode {number} is in use, and has a time of deletion");
        var raw = bytes.ToArray();
        if (!volume.Checksums.InodeIsGood(number, raw)) log.Error($"the checksum of inode {number} is wrong");
        var inode = new Ext4Inode(number, raw);
        ref var facts = ref inodes[number];
        facts.IsUsed = true;
        facts.Links = links;
        facts.IsInternal = isReserved || number == _superblock.Raw.OrphanFileInode || (inode.Flags & K.EaInodeFlag) != 0
            || number == _superblock.Raw.UserQuotaInode || number == _superblock.Raw.GroupQuotaInode || number == _superblock.Raw.ProjectQuotaInode;
        var kind = default(FileKind);
        if (!log.Try(() => kind = inode.Kind)) return;
        facts.Kind = kind;
        if (kind == FileKind.Directory) inodes.Directories.Add(number);
        log.Try(() => CheckContent(inode, kind));
    }

    private void CheckContent(Ext4Inode inode, FileKind kind)
    {
        if (inode.Number == ResizeInodeCheck.Number)
        {
            // The blocks that it lists belong to the file system already; its own is the one that lists them.
            var (own, count) = new ResizeInodeCheck(volume, log).Run(inode);
            if (own != 0) Claim("the resize inode", own, 1);
            CheckBlockCount(inode, count);
            return;
        }

        var isFastLink = kind == FileKind.SymbolicLink && inode.Size < FastLinkLength && !inode.UsesExtents && !inode.HasInlineData;
        var hasMap = kind is FileKind.File or FileKind.Directory || (kind == FileKind.SymbolicLink && !isFastLink);
        var map = hasMap ? volume.ReadMap(inode) : new BlockMap();
        long blocks = map.MetadataBlocks.Count;
        var owner = $"inode {inode.Number}";
        foreach (var block in map.MetadataBlocks) Claim(owner, block, 1);
        foreach (var run in map.Runs)
        {
            Claim(owner, run.Physical, run.Count);
            blocks += run.Count;
        }

        if (inode.XattrBlock != 0 && ClaimXattrs(inode)) blocks++;
        var hasValueInode = false;
        log.Try(() => volume.ReadXattrs(inode, out hasValueInode));
        if (!hasValueInode) CheckBlockCount(inode, blocks);
        CheckSize(inode, kind, map, isFastLink);
        if (inode.Raw.ObsoleteFragmentAddress != 0u) log.Error($"inode {inode.Number} has a fragment, which no file has");
    }

    private bool ClaimXattrs(Ext4Inode inode)
    {
        var block = inode.XattrBlock;
        if (_xattrBlocks.TryGetValue(block, out var known))
        {
            _xattrBlocks[block] = known with { Found = known.Found + 1 };
            return true;
        }

        byte[] content = [];
        if (!log.Try(() => content = volume.ReadXattrBlock(inode))) return false;
        Claim($"the attributes of inode {inode.Number}", block, 1);
        _xattrBlocks.Add(block, (BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(XattrReferencesAt)), 1));
        return true;
    }

    private void CheckBlockCount(Ext4Inode inode, long blocks)
    {
        const int Unit = 512;
        var isHuge = (_superblock.RoCompat & Ext4RoCompatFeatures.HugeFile) != 0;
        var stored = isHuge ? inode.BlocksField : (uint)inode.Raw.BlocksLow;
        var expected = isHuge && (inode.Flags & K.HugeFileFlag) != 0 ? blocks : blocks * (_superblock.BlockSize / Unit);
        if (stored != expected) log.Error($"inode {inode.Number} says that it has {stored} units of blocks, and has {expected}");
    }

    private void CheckSize(Ext4Inode inode, FileKind kind, BlockMap map, bool isFastLink)
    {
        var size = inode.Size;
        var blockSize = _superblock.BlockSize;
        long lastBlock = -1;
        foreach (var run in map.Runs)
        {
            if (!run.Unwritten) lastBlock = Math.Max(lastBlock, run.Logical + run.Count - 1);
        }

        switch (kind)
        {
            case FileKind.File when inode.Number != JournalInode && !inode.HasInlineData && lastBlock > 0 && size < lastBlock * blockSize:
                log.Error($"inode {inode.Number} has {size} bytes, and data in block {lastBlock} of {blockSize}");
                break;
            case FileKind.File when !inode.HasInlineData && size > (inode.UsesExtents ? (1L << 32) * blockSize : LargestWithoutExtents):
                log.Error($"inode {inode.Number} has {size} bytes, more than a file can have");
                break;
            case FileKind.Directory when !inode.HasInlineData && size != (lastBlock + 1) * blockSize:
                log.Error($"the directory inode {inode.Number} has {size} bytes, and {lastBlock + 1} blocks of {blockSize}");
                break;
            case FileKind.Directory when !inode.HasInlineData && map.Runs.Sum(r => r.Count) != lastBlock + 1:
                log.Error($"the directory inode {inode.Number} has a hole");
                break;
            case FileKind.SymbolicLink when size == 0:
                log.Error($"the symbolic link inode {inode.Number} leads nowhere");
                break;
            case FileKind.SymbolicLink when isFastLink && inode.Block[..(int)size].Contains((byte)0):
                log.Error($"the symbolic link inode {inode.Number} has {size} bytes, and a shorter target");
                break;
            case FileKind.SymbolicLink when !isFastLink && !inode.HasInlineData && (size >= blockSize || lastBlock != 0):
                log.Error($"the symbolic link inode {inode.Number} has a target of {size} bytes in {lastBlock + 1} blocks");
                break;
        }
    }

    private void Claim(string owner, long block, long count)
    {
        if (block <= _superblock.FirstDataBlock || block > _superblock.BlockCount - count) log.Error($"{owner} has block {block}, outside the file system");
        else if (claims.Claim(block, count) is var taken and >= 0) log.Error($"{owner} has block {taken}, which something else has too");
    }
}
