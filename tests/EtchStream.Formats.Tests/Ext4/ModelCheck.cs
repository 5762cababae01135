using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using Xunit;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Reads a file system back and compares all of it with a model.</summary>
internal static class ModelCheck
{
    public static void Same(ModelNode root, byte[] image)
    {
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        var names = new Dictionary<ModelNode, int>();
        foreach (var node in root.All()) names[node] = names.GetValueOrDefault(node) + 1;
        Compare(volume, root, volume.Root, "", names, new Dictionary<ModelNode, uint>());
    }

    private static void Compare(Ext4Volume volume, ModelNode expected, Ext4Inode inode, string path, Dictionary<ModelNode, int> names, Dictionary<ModelNode, uint> numbers)
    {
        if (numbers.TryGetValue(expected, out var number))
        {
            Assert.True(number == inode.Number, $"{path}: another name of inode {number} leads to {inode.Number}");
            return;
        }

        numbers.Add(expected, inode.Number);
        Assert.True(expected.Kind == inode.Kind, $"{path} is a {inode.Kind}");
        Equal(path, "mode", expected.Attributes.Mode, inode.Mode);
        Equal(path, "owner", expected.Attributes.UserId, inode.UserId);
        Equal(path, "group", expected.Attributes.GroupId, inode.GroupId);
        Equal(path, "time", ModelNode.Fit(expected.Attributes.ModificationTime, volume.Superblock.InodeSize > 128), inode.ModificationTime);
        Equal(path, "xattrs", Text(expected.Attributes.Xattrs), Text(volume.ReadXattrs(inode)));
        switch (expected.Kind)
        {
            case FileKind.Directory:
                CompareDirectory(volume, expected, inode, path, names, numbers);
                return;
            case FileKind.File:
                var content = new byte[expected.Content.Length + 1];
                Equal(path, "size", expected.Content.Length, inode.Size);
                Equal(path, "count read", expected.Content.Length, volume.ReadFile(inode, 0, content));
                Assert.True(content.AsSpan(0, expected.Content.Length).SequenceEqual(expected.Content), $"{path}: its content differs from byte {content.AsSpan().CommonPrefixLength(expected.Content)} on");
                break;
            case FileKind.SymbolicLink:
                Equal(path, "target", Convert.ToHexString(expected.Content), Convert.ToHexString(volume.ReadSymbolicLink(inode)));
                break;
            case FileKind.CharacterDevice or FileKind.BlockDevice:
                Equal(path, "device", expected.Device, inode.Device);
                break;
        }

        Equal(path, "links", names[expected], inode.LinkCount);
    }

    private static void CompareDirectory(Ext4Volume volume, ModelNode expected, Ext4Inode inode, string path, Dictionary<ModelNode, int> names, Dictionary<ModelNode, uint> numbers)
    {
        var entries = volume.ReadDirectory(inode).ToDictionary(entry => Encoding.Latin1.GetString(entry.Name), StringComparer.Ordinal);
        var isRoot = path.Length == 0;
        if (isRoot) Assert.True(entries.Remove("lost+found"));
        Equal(path, "names", string.Join(' ', expected.Children.Keys), string.Join(' ', entries.Keys.Order(StringComparer.Ordinal)));
        Equal(path, "links", 2 + (isRoot ? 1 : 0) + expected.Children.Values.Count(child => child.Kind == FileKind.Directory), inode.LinkCount);
        foreach (var (name, child) in expected.Children)
        {
            if (entries[name].Kind is { } kind) Equal($"{path}/{name}", "type in its entry", child.Kind, kind);
            Compare(volume, child, volume.ReadInode(entries[name].Inode), $"{path}/{name}", names, numbers);
        }
    }

    private static void Equal<T>(string path, string what, T expected, T found) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, found), $"{path}: {what} is {found}, expected {expected}");

    private static string Text(IEnumerable<Xattr> xattrs) =>
        string.Join('\n', xattrs.Select(x => $"{Encoding.Latin1.GetString(x.Name)}={Convert.ToHexString(x.Value)}").Order(StringComparer.Ordinal));
}
