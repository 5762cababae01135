using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EtchStream.Oci;

/// <summary>
/// The grammar of image references (distribution project, "reference" package documentation), as a parser that can say which
/// part is wrong. Linear in the text's length: no regular expressions, no backtracking.
/// </summary>
internal static class ReferenceGrammar
{
    private const int MaxNameLength = 255;
    private const int MaxTagLength = 128;

    private static readonly SearchValues<char> s_lowerAlphanumeric = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> s_word = SearchValues.Create("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly SearchValues<char> s_tag = SearchValues.Create("-.0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly SearchValues<char> s_hostLabel = SearchValues.Create("-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference, out string problem)
    {
        reference = null;
        problem = Split(text, out var host, out var repository, out var tag, out var digest) ?? "";
        if (problem.Length > 0) return false;
        if (tag is null && digest is null) tag = ImageReference.DefaultTag;
        reference = new ImageReference(host, repository, tag, digest);
        return true;
    }

    private static string? Split(string text, out string host, out string repository, out string? tag, out Digest? digest)
    {
        host = repository = "";
        tag = null;
        digest = null;
        if (text.Length == 0) return "it is empty";
        if (text.Contains("://", StringComparison.Ordinal)) return "a reference has no scheme; leave out what stands before and with ://";

        var name = text;
        var at = text.IndexOf('@');
        if (at >= 0)
        {
            if (!Digest.TryParse(text[(at + 1)..], out var parsed, out var problem)) return problem;
            digest = parsed;
            name = text[..at];
        }

        // A colon after the last slash starts the tag; one before it belongs to the host's port.
        var colon = name.LastIndexOf(':');
        if (colon >= 0 && colon > name.LastIndexOf('/'))
        {
            tag = name[(colon + 1)..];
            name = name[..colon];
            if (CheckTag(tag) is { } badTag) return badTag;
        }

        if (name.Length == 0) return "the repository is missing";
        // 64 hexadecimal characters alone are an image ID to every engine.
        if (name.Length == 64 && !name.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            return "64 hexadecimal characters are an image ID, not a repository";

        (host, repository) = SplitHost(name);
        if (CheckHost(host) is { } badHost) return badHost;
        if (CheckRepository(repository) is { } badRepository) return badRepository;
        return host.Length + 1 + repository.Length > MaxNameLength ? $"host and repository are longer than {MaxNameLength} characters" : null;
    }

    // The first component is a host only where it looks like one: it has a dot or a port, is "localhost" or has capitals,
    // which no repository has.
    private static (string Host, string Repository) SplitHost(string name)
    {
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var isHost = first.AsSpan().ContainsAny('.', ':')
            || string.Equals(first, "localhost", StringComparison.Ordinal)
            || first.AsSpan().ContainsAnyInRange('A', 'Z');
        var (host, repository) = isHost ? (first, name[(slash + 1)..]) : (ImageReference.DockerHub, name);
        if (string.Equals(host, "index.docker.io", StringComparison.Ordinal)) host = ImageReference.DockerHub;
        if (string.Equals(host, ImageReference.DockerHub, StringComparison.Ordinal) && !repository.Contains('/'))
            repository = ImageReference.OfficialPrefix + repository;
        return (host, repository);
    }

    private static string? CheckTag(string tag)
    {
        if (tag.Length == 0) return "the tag after ':' is empty";
        if (tag.Length > MaxTagLength) return $"the tag is longer than {MaxTagLength} characters";
        return !s_word.Contains(tag[0]) || tag.AsSpan().ContainsAnyExcept(s_tag)
            ? $"the tag {Printable.Quote(tag)} may hold only letters, digits, '_', '.' and '-', and begins with none of the last two"
            : null;
    }

    private static string? CheckHost(string host)
    {
        var name = host;
        var bracket = host.LastIndexOf(']');
        var colon = host.LastIndexOf(':');
        if (colon > bracket)
        {
            name = host[..colon];
            var port = host.AsSpan(colon + 1);
            if (port.IsEmpty || port.ContainsAnyExceptInRange('0', '9') || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return $"the port of host {Printable.Quote(host)} is not a number from 0 to 65535";
        }

        if (name.StartsWith('['))
        {
            var isAddress = name.EndsWith(']') && !name.Contains('%')
                && IPAddress.TryParse(name[1..^1], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
            return isAddress ? null : $"host {Printable.Quote(host)} is not an IPv6 address in brackets";
        }

        foreach (var label in name.Split('.'))
        {
            if (label.Length == 0 || label.AsSpan().ContainsAnyExcept(s_hostLabel) || label[0] == '-' || label[^1] == '-')
                return $"host {Printable.Quote(host)} is not a valid host name";
        }
        return null;
    }

    private static string? CheckRepository(string repository)
    {
        if (repository.Length == 0) return "the repository is missing";
        if (repository.AsSpan().ContainsAnyInRange('A', 'Z')) return $"the repository {Printable.Quote(repository)} must be in lower case";
        foreach (var component in repository.Split('/'))
        {
            if (!IsPathComponent(component))
                return $"the repository {Printable.Quote(repository)} may hold only a-z and 0-9, parted by '/', '.', '_', '__' or dashes";
        }
        return null;
    }

    // alphanumerics, joined by one dot, one or two underscores, or any number of dashes
    private static bool IsPathComponent(ReadOnlySpan<char> component)
    {
        while (true)
        {
            var run = component.IndexOfAnyExcept(s_lowerAlphanumeric);
            if (run == 0 || component.IsEmpty) return false;
            if (run < 0) return true;
            component = component[run..];
            var separator = component[0] switch
            {
                '.' => 1,
                '_' => component.StartsWith("__") ? 2 : 1,
                '-' => component.IndexOfAnyExcept('-'),
                _ => 0
            };
            // 0: no separator at all; -1: dashes up to the end
            if (separator <= 0) return false;
            component = component[separator..];
        }
    }
}
