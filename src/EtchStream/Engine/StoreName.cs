using EtchStream.Oci;

namespace EtchStream.Engine;

/// <summary>The names in a store.</summary>
internal static class StoreName
{
    /// <summary>The name that an engine looks a reference up by: where there is a digest, that alone.</summary>
    public static string Of(ImageReference reference) => reference.Digest is { } digest ? $"{reference.FamiliarName}@{digest}" : $"{reference.FamiliarName}:{reference.Tag}";

    /// <summary>Whether a name is one by digest.</summary>
    public static bool IsDigest(string name) => name.Contains('@');
}
