using System.Buffers;

namespace EtchStream.Unpack.Http;

/// <summary>The address of an archive on a web server, split into what is asked for, what is shown, and what nobody shall see.</summary>
public sealed class ArchiveUrl
{
    private const string SchemeEnd = "://";
    private static readonly SearchValues<char> s_schemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    private ArchiveUrl(Uri address, string? user, string? password)
    {
        Address = address;
        User = user;
        Password = password;
    }

    /// <summary>The address without a user, a password and a fragment.</summary>
    internal Uri Address { get; }

    /// <summary>The user that the address names; null for none.</summary>
    internal string? User { get; }

    /// <summary>The password that the address gives; null for none.</summary>
    internal string? Password { get; }

    /// <summary>Whether a text is an address and no path: a scheme and <c>://</c>.</summary>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        return end > 0 && char.IsAsciiLetter(text[0]) && !text.AsSpan(0, end).ContainsAnyExcept(s_schemeCharacters);
    }

    /// <summary>Reads an address, such as <c>https://user:password@host:8443/fleet/archive.tar?version=2</c>.</summary>
    /// <exception cref="FormatException">It is none, or of another scheme than http and https. The message does not repeat it: there may be a password in it.</exception>
    public static ArchiveUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Is(text)) throw new FormatException("it is not an address such as https://host/path");
        var scheme = text[..text.IndexOf(SchemeEnd, StringComparison.Ordinal)].ToLowerInvariant();
        if (scheme == "file") throw new FormatException("a file is named by its path, without file://");
        if (scheme is not ("http" or "https")) throw new FormatException($"{scheme}:// is not supported, http:// and https:// are; other programs can write the archive to standard input");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0) throw new FormatException($"it is not a valid {scheme} address; characters such as @ in a password have to be written as %40");
        var address = new UriBuilder(uri) { UserName = "", Password = "", Fragment = "" }.Uri;
        if (uri.UserInfo.Length == 0) return new ArchiveUrl(address, user: null, password: null);
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]);
        var password = colon < 0 ? null : Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]);
        if (user.Contains(':', StringComparison.Ordinal)) throw new FormatException("a user name with a colon cannot be sent (RFC 7617)");
        return new ArchiveUrl(address, user, password);
    }

    /// <summary>For messages: without user and password, and without the query, in which tokens and signatures are.</summary>
    public override string ToString() => Address.GetLeftPart(UriPartial.Path) + (Address.Query.Length > 0 ? "?…" : "");
}
