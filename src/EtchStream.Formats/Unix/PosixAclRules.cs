namespace EtchStream.Formats.Unix;

/// <summary>
/// What makes a list of entries an ACL, as Linux checks it when one is set: owner, named users, group, named groups, mask,
/// others, in this order; the three nameless ones exactly once; a mask if anyone is named; IDs that can exist.
/// libacl asks on top that no one is named twice.
/// </summary>
internal static class PosixAclRules
{
    public static void ThrowIfInvalid(IReadOnlyList<PosixAclEntry> entries)
    {
        var previous = new PosixAclEntry(0, 0);
        var seen = 0;
        foreach (var entry in entries)
        {
            if (entry.Permissions is < 0 or > 7) throw PosixAcl.Corrupt(-1, $"permissions {entry.Permissions} of {entry.Tag} are more than read, write and execute");
            if (entry.Tag < previous.Tag) throw PosixAcl.Corrupt(-1, $"{entry.Tag} stands behind {previous.Tag}");
            if (entry.HasId && entry.Id == PosixAclEntry.NoId) throw PosixAcl.Corrupt(-1, $"{entry.Tag} has no ID");
            if (entry.Tag == previous.Tag && (!entry.HasId || entry.Id == previous.Id))
            {
                throw PosixAcl.Corrupt(-1, entry.HasId ? $"{entry.Tag} {entry.Id} is given twice" : $"{entry.Tag} is given twice");
            }

            seen |= (int)entry.Tag;
            previous = entry;
        }

        Require(PosixAclTag.UserObject);
        Require(PosixAclTag.GroupObject);
        Require(PosixAclTag.Other);
        if ((seen & (int)(PosixAclTag.User | PosixAclTag.Group)) != 0) Require(PosixAclTag.Mask);

        void Require(PosixAclTag tag)
        {
            if ((seen & (int)tag) == 0) throw PosixAcl.Corrupt(-1, $"{tag} is missing");
        }
    }
}
