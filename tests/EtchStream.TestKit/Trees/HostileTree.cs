using EtchStream.Formats.Unix;

namespace EtchStream.TestKit;

/// <summary>
/// A tree of all that a Unix file system can hold and copying programs get wrong. The same options give the same tree.
/// Needs root and a file system with extended attributes.
/// </summary>
public sealed partial class HostileTree
{
    private readonly TreeBuilder _tree;
    private readonly HostileTreeOptions _options;
    private int _serial;

    private HostileTree(TreeBuilder tree, HostileTreeOptions options)
    {
        _tree = tree;
        _options = options;
    }

    /// <summary>Makes the tree in an existing, empty folder.</summary>
    public static void Create(string folder, HostileTreeOptions? options = null)
    {
        using var builder = new TreeBuilder(folder);
        var tree = new HostileTree(builder, options ?? HostileTreeOptions.Quick);
        builder.Folder([], tree.Attributes(0x1ed));
        tree.AddNames();
        tree.AddLongPath();
        tree.AddModesAndOwners();
        tree.AddTimes();
        tree.AddLinks();
        tree.AddDevices();
        tree.AddSizes();
        tree.AddSparseFiles();
        tree.AddXattrs();
        tree.AddAcls();
        tree.AddFullFolders();
    }

    // Every object has a time of its own, so that no mix-up goes unseen.
    private UnixAttributes Attributes(int mode, uint user = 0, uint group = 0, UnixTime? time = null, params Xattr[] xattrs)
    {
        _serial++;
        return new UnixAttributes
        {
            Mode = mode,
            UserId = user,
            GroupId = group,
            ModificationTime = time ?? new UnixTime(1_500_000_000 + (_serial * 7L), (int)(_serial * 982_451_653L % 1_000_000_000)),
            Xattrs = xattrs,
        };
    }

    // A fast, fixed sequence: content that does not compress to a pattern and differs from file to file.
    internal static byte[] Content(int seed, int length)
    {
        var bytes = new byte[length];
        var state = ((ulong)(uint)seed * 0x9E3779B97F4A7C15) | 1;
        for (var i = 0; i < length; i++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes[i] = (byte)(state >> 32);
        }

        return bytes;
    }

    private static byte[] Repeat(byte value, int count) => Enumerable.Repeat(value, count).ToArray();

    private static byte[] Join(string folder, ReadOnlySpan<byte> name) => [.. TreeBuilder.Bytes(folder), (byte)'/', .. name];
}
