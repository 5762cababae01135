using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Layers;

/// <summary>What an engine takes over of an entry's attributes.</summary>
internal static class LayerAttributes
{
    // What the kernel gives every symbolic link.
    private const int LinkMode = 0x1FF;

    private const int SetGroupId = 0x400;

    /// <summary>Bytes of one object's extended attributes, names and values: well below what a reader of the archive takes for one member.</summary>
    private const int MaxXattrBytes = TarLimits.MaxExtensionBytes / 2;

    private static readonly byte[] OpaqueName = "trusted.overlay.opaque"u8.ToArray();

    /// <summary>Owner, mode, time and extended attributes. ACLs in text form are not among what engines read.</summary>
    /// <exception cref="UnsupportedFormatException">An owner that Linux cannot hold.</exception>
    public static UnixAttributes Of(TarEntry entry) => Of(entry, entry.Kind);

    /// <summary>The same of a hard link.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="kind">What the object is that they are for.</param>
    /// <exception cref="UnsupportedFormatException">An owner that Linux cannot hold.</exception>
    public static UnixAttributes Of(TarEntry entry, FileKind kind) => new()
    {
        Mode = kind == FileKind.SymbolicLink ? LinkMode : entry.Mode,
        UserId = Id(entry.UserId, "user"),
        GroupId = Id(entry.GroupId, "group"),
        ModificationTime = entry.ModificationTime,
        Xattrs = entry.Xattrs.Count == 0 ? entry.Xattrs : Limited(Known(entry, kind)),
    };

    /// <summary>A folder that is given again: it gets the new owner, mode and time, and keeps the attributes that are not given anew.</summary>
    public static UnixAttributes Merge(UnixAttributes before, UnixAttributes now) => before.Xattrs.Count == 0 ? now : With(now, Union(before.Xattrs, now.Xattrs));

    /// <summary>A folder that hides what lower layers hold in it (kernel documentation, overlayfs, "whiteouts and opaque directories").</summary>
    public static UnixAttributes Opaque(UnixAttributes folder) => With(folder, Union(folder.Xattrs, [new Xattr(OpaqueName, "y"u8.ToArray())]));

    /// <summary>The same with another time.</summary>
    public static UnixAttributes WithTime(UnixAttributes folder, UnixTime time) => new() { Mode = folder.Mode, UserId = folder.UserId, GroupId = folder.GroupId, ModificationTime = time, Xattrs = folder.Xattrs };

    /// <summary>A folder that the layer never lists: what the kernel gives a new one, which takes the set-group-ID bit from its parent.</summary>
    public static UnixAttributes Implied(UnixAttributes parent, UnixTime time) => new() { Mode = 0x1ED | (parent.Mode & SetGroupId), ModificationTime = time };

    private static UnixAttributes With(UnixAttributes attributes, IReadOnlyList<Xattr> xattrs) => new()
    {
        Mode = attributes.Mode,
        UserId = attributes.UserId,
        GroupId = attributes.GroupId,
        ModificationTime = attributes.ModificationTime,
        Xattrs = xattrs,
    };

    private static IReadOnlyList<Xattr> Union(IReadOnlyList<Xattr> before, IReadOnlyList<Xattr> now)
    {
        var all = new List<Xattr>(now);
        foreach (var xattr in before)
        {
            if (!all.Exists(known => known.Name.AsSpan().SequenceEqual(xattr.Name))) all.Add(xattr);
        }

        return Limited(all);
    }

    // No file system of Linux keeps as much for one object. A folder that is given again and again would else gather without end.
    private static IReadOnlyList<Xattr> Limited(IReadOnlyList<Xattr> xattrs)
    {
        long bytes = 0;
        foreach (var xattr in xattrs) bytes += xattr.Name.Length + xattr.Value.Length;
        return xattrs.Count <= TarLimits.MaxXattrs && bytes <= MaxXattrBytes
            ? xattrs
            : throw new UnsupportedFormatException("extended attributes", $"an entry of the layer has {xattrs.Count} extended attributes of {bytes} bytes; {TarLimits.MaxXattrs} of {MaxXattrBytes} bytes together are taken");
    }

    // Engines pass over attributes that the kernel has no place for: those of other systems (com.apple.…), user.* on what is neither
    // file nor folder, and ACLs on symbolic links. A record without a value takes the attribute back (POSIX, pax, "Extended Header").
    private static IReadOnlyList<Xattr> Known(TarEntry entry, FileKind kind)
    {
        var takesUser = kind is FileKind.File or FileKind.Directory;
        var takesAcl = kind is not FileKind.SymbolicLink;
        return [.. entry.Xattrs.Where(x => x.Value.Length > 0 && IsKnown(x.Name, takesUser, takesAcl))];
    }

    private static bool IsKnown(ReadOnlySpan<byte> name, bool takesUser, bool takesAcl) =>
        HasName(name, "trusted."u8) || HasName(name, "security."u8) || (takesUser && HasName(name, "user."u8))
        || (takesAcl && (name.SequenceEqual(PosixAcl.AccessName) || name.SequenceEqual(PosixAcl.DefaultName)));

    private static bool HasName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> space) => name.Length > space.Length && name.StartsWith(space);

    // The highest number means "no one" to the kernel, which gives it to no file.
    private static uint Id(long id, string what) => id is >= 0 and < uint.MaxValue
        ? (uint)id
        : throw new UnsupportedFormatException($"{what} ID", $"the {what} ID {id} is out of range, 0 to {uint.MaxValue - 1} can be held");
}
