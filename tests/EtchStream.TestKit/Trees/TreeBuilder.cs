using System.Text;
using EtchStream.Formats.Unix;
using EtchStream.TestKit.Native;

namespace EtchStream.TestKit;

/// <summary>
/// Makes objects of every kind on a real kernel file system, with exact owners, modes, times and extended attributes.
/// Paths are bytes below the builder's root and may be longer than the kernel takes in one call.
/// </summary>
public sealed class TreeBuilder : IDisposable
{
    private readonly DirectoryHandle _root;
    private readonly List<(byte[] Path, UnixTime Time)> _folderTimes = [];
    private DirectoryHandle? _parent;
    private byte[] _parentPath = [];

    /// <summary>Builds below an existing folder.</summary>
    public TreeBuilder(string root) => _root = DirectoryHandle.Open(root);

    /// <summary>The bytes of a path given as text.</summary>
    public static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    /// <summary>Makes a folder, or gives an existing one (the root with an empty path) new attributes.</summary>
    public void Folder(ReadOnlySpan<byte> path, UnixAttributes? attributes = null)
    {
        var name = Enter(path);
        if (!path.IsEmpty && Libc.MakeDirectoryAt(Parent, name, 0x1c0) < 0
            && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Libc.AlreadyExists) throw Fail("mkdir", path);
        SetAttributes(name, path, attributes ?? Default(0x1ed), isLink: false);

        // What is put into the folder later changes its time; so times of folders are set last.
        _folderTimes.Add((path.ToArray(), (attributes ?? Default(0x1ed)).ModificationTime));
    }

    /// <summary>Makes a folder named by text.</summary>
    public void Folder(string path, UnixAttributes? attributes = null) => Folder(Bytes(path), attributes);

    /// <summary>Makes a regular file; what no piece covers is a hole.</summary>
    public void File(ReadOnlySpan<byte> path, long size, IEnumerable<(long Offset, byte[] Data)> pieces, UnixAttributes? attributes = null)
    {
        var name = Enter(path);
        var descriptor = Libc.OpenAt(Parent, name, Libc.ReadWrite | Libc.Create | Libc.Exclusive | Libc.CloseOnExec, 0x180);
        if (descriptor < 0) throw Fail("create", path);
        try
        {
            foreach (var (offset, data) in pieces)
            {
                if (Libc.Write(descriptor, data, (nuint)data.Length, offset) != data.Length) throw Fail("write", path);
            }

            if (Libc.SetLength(descriptor, size) < 0) throw Fail("truncate", path);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }

        SetAttributes(name, path, attributes ?? Default(0x1a4), isLink: false);
    }

    /// <summary>Makes a regular file of the given content.</summary>
    public void File(ReadOnlySpan<byte> path, byte[] content, UnixAttributes? attributes = null) =>
        File(path, content.Length, content.Length == 0 ? [] : [(0L, content)], attributes);

    /// <summary>Makes a regular file named by text.</summary>
    public void File(string path, byte[] content, UnixAttributes? attributes = null) => File(Bytes(path), content, attributes);

    /// <summary>Makes a symbolic link.</summary>
    public void SymbolicLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, UnixAttributes? attributes = null)
    {
        var name = Enter(path);
        if (Libc.MakeSymbolicLinkAt([.. target, 0], Parent, name) < 0) throw Fail("symlink", path);
        SetAttributes(name, path, attributes ?? Default(0x1ff), isLink: true);
    }

    /// <summary>Makes a symbolic link named by text.</summary>
    public void SymbolicLink(string path, string target, UnixAttributes? attributes = null) => SymbolicLink(Bytes(path), Bytes(target), attributes);

    /// <summary>Gives an existing object, also a link or device, a further name.</summary>
    public void HardLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target)
    {
        var cut = target.LastIndexOf((byte)'/');
        using var from = _root.Open(cut < 0 ? [] : target[..cut]);
        var name = Enter(path);
        if (Libc.MakeLinkAt(from.Descriptor, [.. target[(cut + 1)..], 0], Parent, name, 0) < 0) throw Fail("link", path);
    }

    /// <summary>Makes a hard link named by text.</summary>
    public void HardLink(string path, string target) => HardLink(Bytes(path), Bytes(target));

    /// <summary>Makes a device node, FIFO or socket.</summary>
    public void Node(string path, FileKind kind, uint major = 0, uint minor = 0, UnixAttributes? attributes = null)
    {
        var bytes = Bytes(path);
        var name = Enter(bytes);
        var type = kind switch
        {
            FileKind.CharacterDevice => 0x2000u,
            FileKind.BlockDevice => 0x6000u,
            FileKind.Fifo => 0x1000u,
            FileKind.Socket => 0xc000u,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        if (Libc.MakeNodeAt(Parent, name, type | 0x180, Libc.DeviceNumber(major, minor)) < 0) throw Fail("mknod", bytes);
        SetAttributes(name, bytes, attributes ?? Default(0x1b0), isLink: false);
    }

    /// <summary>Removes a file, or an empty folder.</summary>
    public void Remove(ReadOnlySpan<byte> path, bool folder = false)
    {
        var name = Enter(path);
        if (Libc.UnlinkAt(Parent, name, folder ? 0x200 : 0) < 0) throw Fail("unlink", path);
    }

    /// <summary>Gives all folders the times that they were made with. Call last.</summary>
    public void Finish()
    {
        for (var i = _folderTimes.Count - 1; i >= 0; i--)
        {
            var (path, time) = _folderTimes[i];
            SetTime(Enter(path), path, time);
        }

        _folderTimes.Clear();
    }

    /// <summary>Finishes, and closes what is open.</summary>
    public void Dispose()
    {
        Finish();
        _parent?.Dispose();
        _root.Dispose();
    }

    private int Parent => _parent?.Descriptor ?? _root.Descriptor;

    private static UnixAttributes Default(int mode) => new() { Mode = mode, ModificationTime = new UnixTime(1_600_000_000) };

    // Opens the parent, unless it is the one that is open already, and answers the last part of the path.
    private byte[] Enter(ReadOnlySpan<byte> path)
    {
        var cut = path.LastIndexOf((byte)'/');
        var parent = cut < 0 ? [] : path[..cut];
        if (_parent is null || !parent.SequenceEqual(_parentPath))
        {
            _parent?.Dispose();
            _parent = null;
            _parent = _root.Open(parent);
            _parentPath = parent.ToArray();
        }

        return path.IsEmpty ? [(byte)'.', 0] : [.. path[(cut + 1)..], 0];
    }

    private void SetAttributes(byte[] name, ReadOnlySpan<byte> path, UnixAttributes attributes, bool isLink)
    {
        // In this order: a change of owner clears setuid and file capabilities.
        if (Libc.ChangeOwnerAt(Parent, name, attributes.UserId, attributes.GroupId, Libc.AtSymlinkNoFollow) < 0) throw Fail("chown", path);
        if (!isLink && Libc.ChangeModeAt(Parent, name, (uint)attributes.Mode, 0) < 0) throw Fail("chmod", path);
        foreach (var xattr in attributes.Xattrs)
        {
            var where = _parent!.Value.PathOf(name.AsSpan(0, name.Length - 1));
            if (Libc.SetXattr(where, [.. xattr.Name, 0], xattr.Value, (nuint)xattr.Value.Length, 0) < 0)
                throw Fail($"setxattr {TreeText.Show(xattr.Name)} ({xattr.Value.Length} bytes)", path);
        }

        SetTime(name, path, attributes.ModificationTime);
    }

    private void SetTime(byte[] name, ReadOnlySpan<byte> path, UnixTime time)
    {
        var stamp = new Timespec(time.Seconds, time.Nanoseconds);
        if (Libc.SetTimesAt(Parent, name, [stamp, stamp], Libc.AtSymlinkNoFollow) < 0) throw Fail("utimensat", path);
    }

    private static IOException Fail(string what, ReadOnlySpan<byte> path) => Libc.Failure($"{what} {TreeText.Show(path)}");
}
