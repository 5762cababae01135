namespace EtchStream.Formats.Ext4.Growth;

/// <summary>
/// Finds the places of bitmaps and inode tables of new groups: each in its own group; or, where the file system has flex_bg, those of all
/// new groups of a flexible group one behind the other from its first new group on, so that they can be read in one go.
/// </summary>
internal sealed class GroupPlacement
{
    private readonly Ext4Superblock _superblock;
    private readonly GroupDescriptors _groups;
    private readonly long[] _next;
    private readonly int _firstNew;

    /// <param name="superblock">With the new geometry.</param>
    /// <param name="groups">The same.</param>
    /// <param name="firstNew">The first group that is new.</param>
    public GroupPlacement(Ext4Superblock superblock, GroupDescriptors groups, int firstNew)
    {
        _superblock = superblock;
        _groups = groups;
        _firstNew = firstNew;
        _next = new long[superblock.GroupCount - firstNew];
        for (var i = 0; i < _next.Length; i++) _next[i] = superblock.GroupFirstBlock(firstNew + i) + groups.BaseMetadataBlocks(firstNew + i);
    }

    /// <summary>Gives all new groups their places.</summary>
    public void Run()
    {
        var perFlex = (_superblock.Incompat & Ext4IncompatFeatures.FlexibleBlockGroups) == 0 ? 1 : 1L << Math.Min((int)_superblock.Raw.LogGroupsPerFlex, 30);
        for (long first = _firstNew; first < _superblock.GroupCount;)
        {
            var end = Math.Min(_superblock.GroupCount, ((first / perFlex) + 1) * perFlex);
            Place((int)first, (int)end);
            first = end;
        }
    }

    private void Place(int first, int end)
    {
        var saved = _next.AsSpan(first - _firstNew, end - first).ToArray();
        if (TryPack(first, end)) return;

        // Tables so large that they do not fit one behind the other: each group has room for its own.
        saved.CopyTo(_next, first - _firstNew);
        for (var group = first; group < end; group++)
        {
            if (!TryPack(group, group + 1)) throw new CorruptFormatException("ext4 superblock", -1, $"a group of {_superblock.BlocksInGroup(group)} blocks has no room for its own metadata");
        }
    }

    private bool TryPack(int first, int end)
    {
        var at = first;
        for (var group = first; group < end; group++)
        {
            if (!TryTake(ref at, end, 1, out var block)) return false;
            _groups.SetBlockBitmap(group, block);
        }

        for (var group = first; group < end; group++)
        {
            if (!TryTake(ref at, end, 1, out var block)) return false;
            _groups.SetInodeBitmap(group, block);
        }

        for (var group = first; group < end; group++)
        {
            if (!TryTake(ref at, end, _groups.InodeTableBlocks, out var block)) return false;
            _groups.SetInodeTable(group, block);
        }

        return true;
    }

    private bool TryTake(ref int at, int end, int count, out long block)
    {
        for (; at < end; at++)
        {
            block = _next[at - _firstNew];
            if (block + count > _superblock.GroupFirstBlock(at) + _superblock.BlocksInGroup(at)) continue;
            _next[at - _firstNew] += count;
            return true;
        }

        block = 0;
        return false;
    }
}
