namespace EtchStream.Formats.Unix;

/// <summary>One entry of a POSIX ACL.</summary>
/// <param name="Tag">To whom it applies.</param>
/// <param name="Permissions">Read 4, write 2, execute 1.</param>
/// <param name="Id">User or group ID for <see cref="PosixAclTag.User"/> and <see cref="PosixAclTag.Group"/>, <see cref="NoId"/> otherwise.</param>
public readonly record struct PosixAclEntry(PosixAclTag Tag, int Permissions, uint Id = PosixAclEntry.NoId)
{
    /// <summary>Stands where an entry has no ID (Linux <c>ACL_UNDEFINED_ID</c>). Never the ID of a user or group.</summary>
    public const uint NoId = uint.MaxValue;

    /// <summary>True for the two tags that carry an ID.</summary>
    public bool HasId => Tag is PosixAclTag.User or PosixAclTag.Group;
}
