using System.Buffers.Binary;
using EtchStream.Formats.Checking;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Ext4.Layout.Ext4Constants;

namespace EtchStream.Formats.Ext4.Checking;

/// <summary>Reads all directories: where their entries lead, whether everything can be reached from the root, and by how many names.</summary>
internal sealed class DirectoryScan(Ext4Volume volume, InodeTables inodes, CheckLog log)
{
    private readonly Ext4Superblock _superblock = volume.Superblock;

    /// <summary>Runs.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        foreach (var number in inodes.Directories)
        {
            cancellationToken.ThrowIfCancellationRequested();
            log.Try(() => Scan(number));
        }

        foreach (var number in inodes.Directories) CheckParent(number);
        CheckConnected();
        for (var group = 0; group < _superblock.GroupCount; group++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (inodes.Group(group) is { } table) CheckLinks(table, ((uint)group * (uint)_superblock.InodesPerGroup) + 1);
        }
    }

    private void Scan(uint number)
    {
        var directory = new Ext4Inode(number, ReadRaw(number));
        var names = new HashSet<string>(StringComparer.Ordinal);
        var position = 0;
        volume.VisitDirectory(directory, (name, inode, type) => Take(number, name, inode, type, position++, names));
        if (directory.HasInlineData)
        {
            // Its two first entries are implied: the parent's number, and itself.
            inodes[number].References++;
            Refer(number, inodes[number].DotDot = BinaryPrimitives.ReadUInt32LittleEndian(volume.ReadInlineData(directory)));
        }
        else if ((directory.Flags & K.IndexFlag) != 0)
        {
            new HashTreeCheck(volume, directory, log).Run();
        }
    }

    // By its place: a wrong checksum has been told, and need not hide what is in it.
    private byte[] ReadRaw(uint number)
    {
        var bytes = new byte[_superblock.InodeSize];
        volume.ReadBytes(volume.InodeOffset(number), bytes);
        return bytes;
    }

    private void Take(uint directory, ReadOnlySpan<byte> name, uint inode, byte type, int position, HashSet<string> names)
    {
        if (name.SequenceEqual("."u8))
        {
            if (inode != directory || position != 0) log.Error($"the directory inode {directory} has a wrong '.'");
            Refer(directory, directory);
            return;
        }

        if (name.SequenceEqual(".."u8))
        {
            inodes[directory].DotDot = inode;
            Refer(directory, inode);
            return;
        }

        var shown = PathText.Of(name);
        if (!names.Add(System.Text.Encoding.Latin1.GetString(name))) log.Error($"the directory inode {directory} has the name {shown} twice");
        if (!inodes.IsUsed(inode) || (inode < _superblock.FirstInode && inode != K.RootInode))
        {
            log.Error($"the directory inode {directory} has the name {shown} for inode {inode}, which is not in use");
            return;
        }

        ref var target = ref inodes[inode];
        if (_superblock.HasFileTypes && DirectoryParser.KindOf(type) != target.Kind)
            log.Error($"the directory inode {directory} takes {shown} (inode {inode}) for another kind of file than it is");
        target.References++;
        if (target.Kind != FileKind.Directory) return;
        if (target.Parent != 0 || inode == K.RootInode) log.Error($"the directory inode {inode} has two names, one of them {shown} in inode {directory}");
        else target.Parent = directory;
    }

    private void Refer(uint from, uint to)
    {
        if (inodes.IsUsed(to)) inodes[to].References++;
        else log.Error($"the directory inode {from} leads to inode {to}, which is not in use");
    }

    private void CheckParent(uint number)
    {
        ref var facts = ref inodes[number];
        var parent = number == K.RootInode ? K.RootInode : facts.Parent;
        if (facts.DotDot == 0) log.Error($"the directory inode {number} has no '..'");
        else if (parent != 0 && facts.DotDot != parent) log.Error($"'..' of the directory inode {number} leads to inode {facts.DotDot}, and the directory lies in inode {parent}");
    }

    /// <summary>From each directory up to the root, or to where another walk came by; what goes in a circle never gets there.</summary>
    private void CheckConnected()
    {
        var reached = new HashSet<uint> { K.RootInode };
        var way = new List<uint>();
        var seen = new HashSet<uint>();
        foreach (var number in inodes.Directories)
        {
            way.Clear();
            var at = number;
            seen.Clear();
            while (at != 0 && !reached.Contains(at) && seen.Add(at))
            {
                way.Add(at);
                at = inodes[at].Parent;
            }

            if (reached.Contains(at)) reached.UnionWith(way);
            else log.Error($"the directory inode {number} cannot be reached from the root");
        }
    }

    private void CheckLinks(InodeFacts[] table, uint first)
    {
        for (var i = 0; i < table.Length; i++)
        {
            ref var facts = ref table[i];
            if (!facts.IsUsed || facts.IsInternal) continue;
            var number = first + (uint)i;
            if (facts.References == 0) log.Error($"inode {number} is in use, and no directory has it");

            // More subdirectories than can be counted are told by a count of 1.
            var isUncounted = facts is { Kind: FileKind.Directory, Links: 1 } && facts.References > K.MaxLinks && (_superblock.RoCompat & Ext4RoCompatFeatures.DirectoryLinks) != 0;
            if (facts.References != 0 && facts.Links != facts.References && !isUncounted) log.Error($"inode {number} says that it has {facts.Links} links, and has {facts.References}");
        }
    }
}
