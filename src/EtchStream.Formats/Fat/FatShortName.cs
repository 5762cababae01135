using System.Text;
using EtchStream.Formats.Fat.Layout;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat;

/// <summary>8.3 names: 8 bytes of name and 3 of extension, filled up with spaces, in a code page.</summary>
internal static class FatShortName
{
    /// <summary>The kernel's default for names on disk. Nothing beyond ASCII is ever written.</summary>
    private static readonly Encoding CodePage = CodePagesEncodingProvider.Instance.GetEncoding(437) ?? Encoding.Latin1;

    /// <summary>"." as a slot holds it.</summary>
    public static ReadOnlySpan<byte> Self => ".          "u8;

    /// <summary>".." as a slot holds it.</summary>
    public static ReadOnlySpan<byte> Parent => "..         "u8;

    /// <summary>The bytes as a string of 11 characters, for keys.</summary>
    public static string Key(in FatLabel name) => Encoding.Latin1.GetString((ReadOnlySpan<byte>)name);

    /// <summary>The sum that the slots of a long name hold, so that a tool which knows only short names leaves marks when it changes one.</summary>
    public static byte Checksum(ReadOnlySpan<byte> name)
    {
        var sum = 0;
        foreach (var b in name) sum = (((sum & 1) << 7) + (sum >> 1) + b) & 0xFF;
        return (byte)sum;
    }

    /// <summary>The name as it is shown where there is no long one.</summary>
    /// <param name="name">11 bytes.</param>
    /// <param name="lowerCase">Which parts are meant in small letters, a way of Windows NT to save a long name.</param>
    public static string Decode(in FatLabel name, byte lowerCase)
    {
        Span<byte> bytes = stackalloc byte[K.ShortNameLength];
        ((ReadOnlySpan<byte>)name).CopyTo(bytes);
        if (bytes[0] == K.DeletedEscape) bytes[0] = K.Deleted;
        var stem = Part(bytes[..8], (lowerCase & K.LowerBase) != 0);
        var extension = Part(bytes[8..], (lowerCase & K.LowerExtension) != 0);
        return extension.Length == 0 ? stem : $"{stem}.{extension}";
    }

    /// <summary>The 11 characters of a name that is an 8.3 name of ASCII as it stands, in letters of any case.</summary>
    /// <param name="name">The name.</param>
    /// <param name="key">The 8.3 name in capitals.</param>
    /// <param name="isUpper">Whether the name has no small letter, so that the 8.3 name says it all.</param>
    /// <returns>False when only a long name can hold it.</returns>
    public static bool TryNatural(string name, out string key, out bool isUpper)
    {
        key = "";
        isUpper = true;
        var dot = name.LastIndexOf('.');
        var stem = dot < 0 ? name.AsSpan() : name.AsSpan(0, dot);
        var extension = dot < 0 ? [] : name.AsSpan(dot + 1);
        if (stem.Length is 0 or > 8 || extension.Length > 3) return false;
        Span<char> all = stackalloc char[K.ShortNameLength];
        all.Fill(' ');
        stem.CopyTo(all);
        extension.CopyTo(all[8..]);
        foreach (var c in stem)
        {
            if (!IsPlain(c)) return false;
        }

        foreach (var c in extension)
        {
            if (!IsPlain(c)) return false;
        }

        for (var i = 0; i < all.Length; i++)
        {
            if (!char.IsAsciiLetterLower(all[i])) continue;
            all[i] = char.ToUpperInvariant(all[i]);
            isUpper = false;
        }

        key = new string(all);
        return true;
    }

    /// <summary>Whether a character may stand in an 8.3 name (letters in their capital form).</summary>
    public static bool IsPlain(char c) => c is > ' ' and < '\x7F' && !"\"*+,./:;<=>?[\\]|".Contains(c, StringComparison.Ordinal);

    private static string Part(ReadOnlySpan<byte> bytes, bool isLower)
    {
        var text = CodePage.GetString(bytes.TrimEnd((byte)' '));
        return isLower ? text.ToLowerInvariant() : text;
    }
}
