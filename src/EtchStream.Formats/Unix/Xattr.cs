namespace EtchStream.Formats.Unix;

/// <summary>One extended attribute. Names and values are bytes: a value such as <c>security.capability</c> is not text.</summary>
/// <param name="Name">The full name with its namespace, e.g. <c>user.mime_type</c>.</param>
/// <param name="Value">The value, byte for byte. ACLs (<c>system.posix_acl_access</c>, <c>…_default</c>) are in the form that Linux's getxattr gives.</param>
public readonly record struct Xattr(byte[] Name, byte[] Value);
