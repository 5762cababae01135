namespace EtchStream.Formats.Fat;

/// <summary>
/// Which names are the same in a directory. Letters of ASCII count without their case, all others with it: so does Linux for the
/// mounts that devices use (<c>utf8</c>).
/// </summary>
internal static class FatNameComparer
{
    /// <summary>Whether Linux takes two names for one.</summary>
    public static bool AreSame(string a, string b) => a.Length == b.Length && FoldsToSame(a, b);

    /// <summary>What is the same for all names that Linux takes for one.</summary>
    public static string Key(string name) => string.Create(name.Length, name, (key, from) =>
    {
        for (var i = 0; i < key.Length; i++) key[i] = Fold(from[i]);
    });

    private static bool FoldsToSame(string a, string b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (Fold(a[i]) != Fold(b[i])) return false;
        }

        return true;
    }

    private static char Fold(char c) => char.IsAsciiLetterUpper(c) ? (char)(c + ('a' - 'A')) : c;
}
