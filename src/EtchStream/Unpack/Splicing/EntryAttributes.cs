using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Unpack.Splicing;

/// <summary>Turns what a tar member says about itself into what a file system keeps.</summary>
internal static class EntryAttributes
{
    /// <summary>Owner, mode, time, attributes and ACLs of a member.</summary>
    /// <exception cref="UnsupportedFormatException">An owner that no Linux file system can hold.</exception>
    /// <exception cref="CorruptFormatException">An ACL that is none.</exception>
    public static UnixAttributes Of(TarEntry entry)
    {
        var xattrs = entry.AclAccess is null && entry.AclDefault is null ? entry.Xattrs : WithAcls(entry);
        var mode = entry.Mode;
        if (xattrs.Count > 0) (mode, xattrs) = WithAccessAclInMode(mode, xattrs);
        return new UnixAttributes
        {
            Mode = mode,
            UserId = Id(entry.UserId, "user"),
            GroupId = Id(entry.GroupId, "group"),
            ModificationTime = entry.ModificationTime,
            Xattrs = xattrs,
        };
    }

    /// <summary>An access ACL decides the permission bits, and one that says no more than these is not kept: what the kernel does when one is set.</summary>
    private static (int Mode, IReadOnlyList<Xattr> Xattrs) WithAccessAclInMode(int mode, IReadOnlyList<Xattr> xattrs)
    {
        for (var i = 0; i < xattrs.Count; i++)
        {
            if (!PosixAcl.AccessName.SequenceEqual(xattrs[i].Name)) continue;
            var acl = xattrs[i].Value;
            mode = PosixAcl.ApplyToMode(mode, acl);
            return PosixAcl.IsEquivalentToMode(acl) ? (mode, xattrs.Where((_, index) => index != i).ToArray()) : (mode, xattrs);
        }

        return (mode, xattrs);
    }

    // The highest number means "no one" to the kernel, which gives it to no file.
    private static uint Id(long id, string what) => id is >= 0 and < uint.MaxValue
        ? (uint)id
        : throw new UnsupportedFormatException($"{what} ID", $"the {what} ID {id} is out of range, 0 to {uint.MaxValue - 1} can be held");

    private static List<Xattr> WithAcls(TarEntry entry)
    {
        var all = new List<Xattr>(entry.Xattrs.Count + 2);
        all.AddRange(entry.Xattrs);

        // Archives of GNU tar --acls --xattrs hold an ACL twice. The attribute is the exact one; the text is a rendering of it.
        if (entry.AclAccess is { } access && !Has(all, PosixAcl.AccessName)) Add(all, PosixAcl.AccessName, access);
        if (entry.AclDefault is { } defaults && !Has(all, PosixAcl.DefaultName)) Add(all, PosixAcl.DefaultName, defaults);
        return all;
    }

    private static void Add(List<Xattr> all, ReadOnlySpan<byte> name, byte[] text)
    {
        if (PosixAcl.FromText(text) is { } value) all.Add(new Xattr(name.ToArray(), value));
    }

    private static bool Has(List<Xattr> xattrs, ReadOnlySpan<byte> name)
    {
        foreach (var xattr in xattrs)
        {
            if (name.SequenceEqual(xattr.Name)) return true;
        }

        return false;
    }
}
