namespace EtchStream.Formats.Unix;

/// <summary>What an entry of a POSIX ACL applies to (Linux <c>ACL_USER_OBJ</c> and so on). The values are those on disk and in extended attributes.</summary>
public enum PosixAclTag
{
    /// <summary>The file's owner.</summary>
    UserObject = 0x01,

    /// <summary>A user given by ID.</summary>
    User = 0x02,

    /// <summary>The file's group.</summary>
    GroupObject = 0x04,

    /// <summary>A group given by ID.</summary>
    Group = 0x08,

    /// <summary>The most that named users and all groups get.</summary>
    Mask = 0x10,

    /// <summary>Everyone else.</summary>
    Other = 0x20,
}
