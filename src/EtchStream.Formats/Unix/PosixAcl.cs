using System.Buffers.Binary;

namespace EtchStream.Formats.Unix;

/// <summary>
/// POSIX.1e access control lists between the three forms they travel in: text in tar archives, version 2 in Linux's
/// extended attributes, version 1 on ext4's disk. Lists are held to the kernel's rules on every way in.
/// </summary>
public static class PosixAcl
{
    /// <summary>Extended attribute of the list that governs access.</summary>
    public static ReadOnlySpan<byte> AccessName => "system.posix_acl_access"u8;

    /// <summary>Extended attribute of the list that new files in a directory inherit.</summary>
    public static ReadOnlySpan<byte> DefaultName => "system.posix_acl_default"u8;

    private const uint XattrVersion = 2;
    private const uint Ext4Version = 1;
    private const int HeaderSize = 4;
    private const int ShortEntry = 4;
    private const int LongEntry = 8;

    /// <summary>Turns the text of an archive into the value that Linux's getxattr gives.</summary>
    /// <param name="text">Entries <c>tag:qualifier:permissions[:id]</c>, apart by commas or line ends; <c>#</c> begins a comment.</param>
    /// <returns>The value, or null where the text has no entry: there is no list then.</returns>
    /// <exception cref="CorruptFormatException">Text that is not an ACL, or one that Linux would refuse.</exception>
    /// <exception cref="UnsupportedFormatException">A user or group is given by name only.</exception>
    public static byte[]? FromText(ReadOnlySpan<byte> text)
    {
        var entries = PosixAclText.Parse(text);
        return entries.Count == 0 ? null : ToXattr(entries);
    }

    /// <summary>Turns a value as getxattr gives it into the text of an archive, with numeric IDs.</summary>
    /// <exception cref="CorruptFormatException">The value is not an ACL.</exception>
    public static byte[] ToText(ReadOnlySpan<byte> xattr) => PosixAclText.Format(FromXattr(xattr));

    /// <summary>Turns a value as getxattr gives it into the form that ext4 keeps on disk (<c>ext4_acl_header</c>, version 1).</summary>
    /// <exception cref="CorruptFormatException">The value is not an ACL.</exception>
    public static byte[] ToExt4(ReadOnlySpan<byte> xattr)
    {
        var entries = FromXattr(xattr);
        var value = new byte[HeaderSize + entries.Sum(entry => entry.HasId ? LongEntry : ShortEntry)];
        BinaryPrimitives.WriteUInt32LittleEndian(value, Ext4Version);
        var rest = value.AsSpan(HeaderSize);
        foreach (var entry in entries)
        {
            WriteTag(rest, entry);
            if (entry.HasId) BinaryPrimitives.WriteUInt32LittleEndian(rest[ShortEntry..], entry.Id);
            rest = rest[(entry.HasId ? LongEntry : ShortEntry)..];
        }

        return value;
    }

    /// <summary>The reverse of <see cref="ToExt4"/>.</summary>
    /// <exception cref="CorruptFormatException">The value is not an ACL of ext4.</exception>
    public static byte[] FromExt4(ReadOnlySpan<byte> value)
    {
        var entries = new List<PosixAclEntry>();
        var offset = ReadHeader(value, Ext4Version);
        while (offset < value.Length)
        {
            if (value.Length - offset < ShortEntry) throw Corrupt(offset, "an entry is cut off");
            var entry = ReadTag(value, offset);
            if (entry.HasId)
            {
                if (value.Length - offset < LongEntry) throw Corrupt(offset, "an entry is cut off");
                entry = entry with { Id = BinaryPrimitives.ReadUInt32LittleEndian(value[(offset + ShortEntry)..]) };
            }

            entries.Add(entry);
            offset += entry.HasId ? LongEntry : ShortEntry;
        }

        return ToXattr(entries);
    }

    /// <summary>Reads a value as getxattr gives it (<c>posix_acl_xattr_header</c>, version 2).</summary>
    /// <exception cref="CorruptFormatException">The value is not an ACL that Linux accepts.</exception>
    public static IReadOnlyList<PosixAclEntry> FromXattr(ReadOnlySpan<byte> xattr)
    {
        var entries = new List<PosixAclEntry>();
        var offset = ReadHeader(xattr, XattrVersion);
        if ((xattr.Length - offset) % LongEntry != 0) throw Corrupt(0, "its length is not that of whole entries");
        for (; offset < xattr.Length; offset += LongEntry)
        {
            var entry = ReadTag(xattr, offset);
            if (entry.HasId) entry = entry with { Id = BinaryPrimitives.ReadUInt32LittleEndian(xattr[(offset + ShortEntry)..]) };
            entries.Add(entry);
        }

        PosixAclRules.ThrowIfInvalid(entries);
        return entries;
    }

    /// <summary>Composes a value as setxattr takes it. The entries are put into the order that the kernel demands.</summary>
    /// <exception cref="CorruptFormatException">The entries are not an ACL that Linux accepts.</exception>
    public static byte[] ToXattr(IEnumerable<PosixAclEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var sorted = entries.OrderBy(entry => entry.Tag).ThenBy(entry => entry.Id).ToList();
        PosixAclRules.ThrowIfInvalid(sorted);
        var value = new byte[HeaderSize + (LongEntry * sorted.Count)];
        BinaryPrimitives.WriteUInt32LittleEndian(value, XattrVersion);
        for (var i = 0; i < sorted.Count; i++)
        {
            var entry = value.AsSpan(HeaderSize + (LongEntry * i));
            WriteTag(entry, sorted[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[ShortEntry..], sorted[i].HasId ? sorted[i].Id : PosixAclEntry.NoId);
        }

        return value;
    }

    /// <summary>
    /// True when the list says no more than the permission bits of the mode do: owner, group and others only. Linux keeps
    /// no access list then.
    /// </summary>
    /// <exception cref="CorruptFormatException">The value is not an ACL.</exception>
    public static bool IsEquivalentToMode(ReadOnlySpan<byte> xattr) => FromXattr(xattr).Count == 3;

    /// <summary>
    /// The mode of a file that has this access list: Linux keeps the owner's, the mask's (without a mask: the group's) and the
    /// others' permissions in both places. Archives of libarchive give the group's permissions in the mode instead of the mask.
    /// </summary>
    /// <param name="mode">The mode, of which all but the nine permission bits stay.</param>
    /// <param name="xattr">The access list as getxattr gives it.</param>
    /// <exception cref="CorruptFormatException">The value is not an ACL.</exception>
    public static int ApplyToMode(int mode, ReadOnlySpan<byte> xattr)
    {
        int owner = 0, group = 0, others = 0;
        foreach (var entry in FromXattr(xattr))
        {
            if (entry.Tag == PosixAclTag.UserObject) owner = entry.Permissions;
            else if (entry.Tag is PosixAclTag.GroupObject or PosixAclTag.Mask) group = entry.Permissions;
            else if (entry.Tag == PosixAclTag.Other) others = entry.Permissions;
        }

        return (mode & ~0x1FF) | (owner << 6) | (group << 3) | others;
    }

    /// <summary>
    /// The access list of a file that is given another mode: what <see cref="ApplyToMode"/> takes from the list for the mode is
    /// set from it, as Linux does it when a file's mode is changed.
    /// </summary>
    /// <param name="xattr">The access list as getxattr gives it.</param>
    /// <param name="mode">The mode; only its nine permission bits count.</param>
    /// <exception cref="CorruptFormatException">The value is not an ACL.</exception>
    public static byte[] WithMode(ReadOnlySpan<byte> xattr, int mode)
    {
        var entries = FromXattr(xattr);
        var group = entries.Any(entry => entry.Tag == PosixAclTag.Mask) ? PosixAclTag.Mask : PosixAclTag.GroupObject;
        return ToXattr(entries.Select(entry =>
            entry.Tag == PosixAclTag.UserObject ? entry with { Permissions = (mode >> 6) & 7 }
            : entry.Tag == group ? entry with { Permissions = (mode >> 3) & 7 }
            : entry.Tag == PosixAclTag.Other ? entry with { Permissions = mode & 7 }
            : entry));
    }

    internal static CorruptFormatException Corrupt(long offset, string problem) => new("POSIX ACL", offset, problem);

    private static int ReadHeader(ReadOnlySpan<byte> value, uint version)
    {
        if (value.Length < HeaderSize) throw Corrupt(0, "it is shorter than its header");
        var found = BinaryPrimitives.ReadUInt32LittleEndian(value);
        return found == version ? HeaderSize : throw Corrupt(0, $"version {found} where {version} belongs");
    }

    private static PosixAclEntry ReadTag(ReadOnlySpan<byte> value, int offset)
    {
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(value[offset..]);
        if (!Enum.IsDefined((PosixAclTag)tag)) throw Corrupt(offset, $"tag 0x{tag:x} is not known");
        return new PosixAclEntry((PosixAclTag)tag, BinaryPrimitives.ReadUInt16LittleEndian(value[(offset + 2)..]));
    }

    private static void WriteTag(Span<byte> target, PosixAclEntry entry)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)entry.Tag);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)entry.Permissions);
    }
}
