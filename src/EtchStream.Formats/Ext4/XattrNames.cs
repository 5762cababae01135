namespace EtchStream.Formats.Ext4;

/// <summary>Names of extended attributes are stored as a number for their namespace and the rest of the name.</summary>
internal static class XattrNames
{
    public const byte SystemIndex = 7;
    public const byte AclAccessIndex = 2;
    public const byte AclDefaultIndex = 3;

    private static readonly (byte Index, byte[] Prefix)[] Prefixes =
    [
        (1, "user."u8.ToArray()),
        (4, "trusted."u8.ToArray()),
        (6, "security."u8.ToArray()),
    ];

    private static readonly byte[] AclAccess = "system.posix_acl_access"u8.ToArray();
    private static readonly byte[] AclDefault = "system.posix_acl_default"u8.ToArray();
    private static readonly byte[] System = "system."u8.ToArray();

    /// <summary>Whether the value is an ACL, which is stored in a form of its own.</summary>
    public static bool IsAcl(byte index) => index is AclAccessIndex or AclDefaultIndex;

    /// <summary>Whether a full name is that of an ACL.</summary>
    public static bool IsAcl(ReadOnlySpan<byte> name) => name.SequenceEqual(AclAccess) || name.SequenceEqual(AclDefault);

    /// <summary>Splits a full name; false for a namespace that ext4 has no number for.</summary>
    public static bool TrySplit(byte[] name, out byte index, out ReadOnlyMemory<byte> rest)
    {
        rest = default;
        index = 0;
        if (name.AsSpan().SequenceEqual(AclAccess)) index = AclAccessIndex;
        else if (name.AsSpan().SequenceEqual(AclDefault)) index = AclDefaultIndex;
        if (index != 0) return true;
        foreach (var (number, prefix) in Prefixes)
        {
            if (name.Length <= prefix.Length || !name.AsSpan().StartsWith(prefix)) continue;
            index = number;
            rest = name.AsMemory(prefix.Length);
            return true;
        }

        return false;
    }

    /// <summary>The full name, or null for a number that is not known.</summary>
    public static byte[]? Join(byte index, ReadOnlySpan<byte> rest) => index switch
    {
        AclAccessIndex => rest.IsEmpty ? AclAccess : null,
        AclDefaultIndex => rest.IsEmpty ? AclDefault : null,
        SystemIndex => [.. System, .. rest],
        1 => [.. Prefixes[0].Prefix, .. rest],
        4 => [.. Prefixes[1].Prefix, .. rest],
        6 => [.. Prefixes[2].Prefix, .. rest],
        _ => null,
    };
}
