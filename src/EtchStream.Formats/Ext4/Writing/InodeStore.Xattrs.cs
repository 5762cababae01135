using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Writing;

/// <content>Extended attributes: their blocks, made, shared and given back.</content>
internal sealed partial class InodeStore
{
    private const long MaxKeptXattrs = 32 << 20;

    /// <summary>Attributes of inodes whose attribute block was written in this run: the block may still be queued, so it cannot be read back.</summary>
    private readonly Dictionary<uint, IReadOnlyList<Xattr>> _queuedXattrs = [];
    private long _keptXattrs;

    private XattrWriter.Plan? PlaceXattrs(UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        if (attributes.Xattrs.Count == 0) return null;
        _superblock.Raw.FeatureCompat = _superblock.Raw.FeatureCompat | (uint)Ext4CompatFeatures.ExtAttr;
        return XattrWriter.Place(attributes.Xattrs, _editor.XattrRoom, _superblock.BlockSize, PathText.Of(path));
    }

    /// <summary>Allocates and writes the external block where one is needed.</summary>
    /// <returns>Its number, or 0.</returns>
    private long WriteXattrBlock(XattrWriter.Plan? plan)
    {
        if (plan is not { NeedsBlock: true }) return 0;
        var number = _blocks.AllocateOne();
        var block = new byte[_superblock.BlockSize];
        XattrWriter.WriteBlock(plan, block);
        if (_volume.Checksums.Enabled) System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(16), _volume.Checksums.XattrBlock(number, block));
        _writer.Write(number * _superblock.BlockSize, block);
        return number;
    }

    private void ReplaceXattrs(Ext4Inode inode, UnixAttributes attributes, ReadOnlySpan<byte> path)
    {
        EnsureNoValueInode(inode);
        var room = inode.XattrStart == 0 ? 0 : inode.Length - inode.XattrStart;
        var plan = XattrWriter.Place(attributes.Xattrs, room, _superblock.BlockSize, path.IsEmpty ? $"inode {inode.Number}" : PathText.Of(path));
        if (attributes.Xattrs.Count > 0) _superblock.Raw.FeatureCompat = _superblock.Raw.FeatureCompat | (uint)Ext4CompatFeatures.ExtAttr;

        // The new block comes first: when there is none left, the old one is still in its place.
        var block = WriteXattrBlock(plan);
        FreeXattrBlock(inode);
        if (block != 0 && !(_numbers.IsNew(inode.Number) && inode.Kind == FileKind.Directory)) KeepXattrs(inode.Number, attributes.Xattrs);
        var bytes = _table.Edit(inode.Number);
        if (room > 0) XattrWriter.WriteInode(plan, bytes[inode.XattrStart..]);
        InodeEditor.SetXattrBlock(bytes, block);
        var owned = OwnedBlocks(inode) - (inode.XattrBlock == 0 ? 0 : 1) + (block == 0 ? 0 : 1);
        _editor.SetBlockCount(bytes, owned);
        _table.Seal(inode.Number, bytes);
    }

    private long OwnedBlocks(Ext4Inode inode) =>
        (inode.Flags & K.HugeFileFlag) != 0 ? inode.BlocksField : inode.BlocksField / (_superblock.BlockSize / 512);

    /// <summary>Attributes as this run has made them: the block that holds them may still be queued.</summary>
    /// <exception cref="UnsupportedFormatException">They were too many to be kept.</exception>
    private IReadOnlyList<Xattr> CurrentXattrs(Ext4Inode inode)
    {
        if (_queuedXattrs.TryGetValue(inode.Number, out var queued)) return queued;
        if (inode.XattrBlock == 0 || !_numbers.IsNew(inode.Number)) return _volume.ReadXattrs(inode);
        throw new UnsupportedFormatException(
            "large xattrs",
            $"inode {inode.Number} was given extended attributes that cannot be changed any more, because files got more than {MaxKeptXattrs >> 20} MiB of them outside of their inodes; use a file system with larger inodes");
    }

    /// <summary>Keeps what cannot be read back. Of a new inode it is only wanted when a further name brings other attributes, and memory has an end.</summary>
    private void KeepXattrs(uint number, IReadOnlyList<Xattr> xattrs)
    {
        if (_numbers.IsNew(number))
        {
            var bytes = LengthOf(xattrs);
            if (bytes > MaxKeptXattrs - _keptXattrs) return;
            _keptXattrs += bytes;
        }

        _queuedXattrs[number] = xattrs;
    }

    private void ForgetXattrs(uint number)
    {
        if (_queuedXattrs.Remove(number, out var xattrs) && _numbers.IsNew(number)) _keptXattrs -= LengthOf(xattrs);
    }

    private static long LengthOf(IReadOnlyList<Xattr> xattrs)
    {
        // And what the objects themselves take, roughly.
        long sum = 100;
        foreach (var xattr in xattrs) sum += 64 + xattr.Name.Length + xattr.Value.Length;
        return sum;
    }

    private bool MadeXattrs(uint number) => _numbers.IsNew(number) || _queuedXattrs.ContainsKey(number);

    private void EnsureNoValueInode(Ext4Inode inode)
    {
        if (MadeXattrs(inode.Number)) return;
        _volume.ReadXattrs(inode, out var hasValueInode);
        if (hasValueInode) throw new UnsupportedFormatException("ea_inode", $"inode {inode.Number} has an extended attribute with an inode of its own (ea_inode), which can be read but not replaced");
    }

    private void FreeXattrs(Ext4Inode inode)
    {
        EnsureNoValueInode(inode);
        FreeXattrBlock(inode);
    }

    private void FreeXattrBlock(Ext4Inode inode)
    {
        if (inode.XattrBlock == 0) return;
        if (!MadeXattrs(inode.Number) && ReleaseSharedBlock(inode)) return;
        _blocks.Free(inode.XattrBlock, 1);
        ForgetXattrs(inode.Number);
    }

    /// <summary>The kernel lets inodes with the same attributes share one block: then only its count goes down.</summary>
    private bool ReleaseSharedBlock(Ext4Inode inode)
    {
        var block = _volume.ReadXattrBlock(inode);
        var references = MemoryMarshal.Read<LE32>(block.AsSpan(4));
        if (references <= 1u) return false;
        MemoryMarshal.Write(block.AsSpan(4), (LE32)(references - 1));
        if (_volume.Checksums.Enabled) MemoryMarshal.Write(block.AsSpan(16), (LE32)_volume.Checksums.XattrBlock(inode.XattrBlock, block));

        // At once, not queued: the next inode that shares it must see the new count.
        _disk.Write(inode.XattrBlock * _superblock.BlockSize, block);
        return true;
    }
}
