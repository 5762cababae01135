using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EtchStream.Formats.Unix;
using EtchStream.TestKit.Native;

namespace EtchStream.TestKit;

/// <summary>Walks a tree with calls relative to open directories, so that no name or path is too long or too strange.</summary>
internal sealed class TreeReader : IDisposable
{
    // STATX_ATTR_IMMUTABLE, _APPEND, _NODUMP: those that a copy can carry.
    private const ulong KeptFlags = 0x10 | 0x20 | 0x40;

    private readonly List<TreeEntry> _entries = [];
    private readonly Stack<byte[]> _folders = new();
    private readonly Dictionary<ulong, List<TreeEntry>> _links = [];
    private readonly ContentDigest _digest = new();
    private readonly byte[] _listing = new byte[256 * 1024];
    private readonly byte[] _value = new byte[64 * 1024];
    private readonly byte[] _names = new byte[64 * 1024];
    private (uint, uint) _device;

    public static TreeManifest Read(string folder)
    {
        using var root = DirectoryHandle.Open(folder);
        using var reader = new TreeReader();
        reader.AddRoot(root);
        while (reader._folders.TryPop(out var path))
        {
            using var current = root.Open(path);
            reader.AddChildren(current, path);
        }

        reader.GroupLinks();
        return new TreeManifest(reader._entries);
    }

    public static TreeManifest ReadFlat(string folder)
    {
        using var root = DirectoryHandle.Open(folder);
        using var reader = new TreeReader();
        reader.AddRoot(root);
        reader.AddChildren(root, []);
        reader.GroupLinks();
        return new TreeManifest(reader._entries);
    }

    public static TreeEntry ReadRoot(string folder)
    {
        using var root = DirectoryHandle.Open(folder);
        using var reader = new TreeReader();
        reader.AddRoot(root);
        return reader._entries[0];
    }

    public void Dispose() => _digest.Dispose();

    private void AddRoot(DirectoryHandle root)
    {
        if (Libc.Statx(root.Descriptor, ".\0"u8, Libc.AtSymlinkNoFollow, Libc.StatxBasicStats, out var stat) < 0) throw Libc.Failure("statx of the root");
        _device = (stat.DeviceMajor, stat.DeviceMinor);
        Add(root, "."u8, [], stat);
    }

    private void AddChildren(DirectoryHandle folder, byte[] path)
    {
        int length;
        while ((length = (int)Libc.GetDirectoryEntries(folder.Descriptor, _listing, (nuint)_listing.Length)) > 0)
        {
            // struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, d_name.
            for (var at = 0; at < length;)
            {
                var recordLength = BinaryPrimitives.ReadUInt16LittleEndian(_listing.AsSpan(at + 16));
                var name = _listing.AsSpan(at + 19, recordLength - 19);
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) AddChild(folder, path, name);
                at += recordLength;
            }
        }

        if (length < 0) throw Libc.Failure($"list {TreeText.Show(path)}");
    }

    private void AddChild(DirectoryHandle folder, byte[] parent, ReadOnlySpan<byte> name)
    {
        byte[] path = parent.Length == 0 ? name.ToArray() : [.. parent, (byte)'/', .. name];
        Span<byte> terminated = stackalloc byte[name.Length + 1];
        name.CopyTo(terminated);
        terminated[name.Length] = 0;
        if (Libc.Statx(folder.Descriptor, terminated, Libc.AtSymlinkNoFollow, Libc.StatxBasicStats, out var stat) < 0)
            throw Libc.Failure($"statx of {TreeText.Show(path)}");
        if (_device == (stat.DeviceMajor, stat.DeviceMinor)) Add(folder, name, path, stat);
    }

    private void Add(DirectoryHandle folder, ReadOnlySpan<byte> name, byte[] path, StatxResult stat)
    {
        var kind = KindOf(stat.Mode);
        var entry = new TreeEntry
        {
            Path = path,
            Kind = kind,
            Mode = stat.Mode & 0xfff,
            UserId = stat.UserId,
            GroupId = stat.GroupId,
            Size = (long)stat.Size,
            Allocated = (long)stat.Blocks * 512,
            LinkCount = stat.LinkCount,
            Device = (stat.RdevMajor, stat.RdevMinor),
            ModificationTime = new UnixTime(stat.ModificationTime.Seconds, (int)stat.ModificationTime.Nanoseconds),
            Flags = stat.Attributes & KeptFlags,
            Inode = stat.Inode,
            LinkTarget = kind == FileKind.SymbolicLink ? ReadTarget(folder, name, path) : null,
            Digest = kind == FileKind.File ? ReadDigest(folder, name, path, (long)stat.Size) : null,
            Xattrs = ReadXattrs(folder, name, path),
            SameInodeAs = path,
        };
        _entries.Add(entry);
        if (kind == FileKind.Directory) _folders.Push(path);
        else if (stat.LinkCount > 1)
        {
            if (!_links.TryGetValue(stat.Inode, out var group)) _links.Add(stat.Inode, group = []);
            group.Add(entry);
        }
    }

    private void GroupLinks()
    {
        foreach (var group in _links.Values)
        {
            var first = group.MinBy(entry => TreeManifest.Key(entry.Path), StringComparer.Ordinal)!;
            foreach (var entry in group) entry.SameInodeAs = first.Path;
        }
    }

    private byte[] ReadTarget(DirectoryHandle folder, ReadOnlySpan<byte> name, byte[] path)
    {
        var length = (int)Libc.ReadLinkAt(folder.Descriptor, [.. name, 0], _value, (nuint)_value.Length);
        return length >= 0 ? _value[..length] : throw Libc.Failure($"readlink of {TreeText.Show(path)}");
    }

    private byte[] ReadDigest(DirectoryHandle folder, ReadOnlySpan<byte> name, byte[] path, long size)
    {
        var descriptor = Libc.OpenAt(folder.Descriptor, [.. name, 0], Libc.ReadOnly | Libc.NoFollow | Libc.CloseOnExec, 0);
        if (descriptor < 0) throw Libc.Failure($"open {TreeText.Show(path)}");
        try
        {
            return _digest.Of(descriptor, size);
        }
        catch (IOException error)
        {
            throw new IOException($"{TreeText.Show(path)}: {error.Message}", error);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private Xattr[] ReadXattrs(DirectoryHandle folder, ReadOnlySpan<byte> name, byte[] path)
    {
        var where = folder.PathOf(name);
        var length = (int)Libc.ListXattr(where, _names, (nuint)_names.Length);
        if (length == 0) return [];
        if (length < 0)
        {
            if (Marshal.GetLastPInvokeError() == Libc.NotSupported) return [];
            throw Libc.Failure($"list xattrs of {TreeText.Show(path)}");
        }

        var xattrs = new List<Xattr>();
        for (var at = 0; at < length;)
        {
            var end = at + _names.AsSpan(at, length - at).IndexOf((byte)0);
            var value = (int)Libc.GetXattr(where, _names.AsSpan(at, end + 1 - at), _value, (nuint)_value.Length);
            if (value < 0) throw Libc.Failure($"get xattr {TreeText.Show(_names.AsSpan(at, end - at))} of {TreeText.Show(path)}");
            xattrs.Add(new Xattr(_names[at..end], _value[..value]));
            at = end + 1;
        }

        return [.. xattrs.OrderBy(xattr => TreeManifest.Key(xattr.Name), StringComparer.Ordinal)];
    }

    private static FileKind KindOf(ushort mode) => (mode & 0xf000) switch
    {
        0x1000 => FileKind.Fifo,
        0x2000 => FileKind.CharacterDevice,
        0x4000 => FileKind.Directory,
        0x6000 => FileKind.BlockDevice,
        0x8000 => FileKind.File,
        0xa000 => FileKind.SymbolicLink,
        0xc000 => FileKind.Socket,
        _ => throw new IOException($"an object has mode {mode:x4}, which is of no known type"),
    };
}
