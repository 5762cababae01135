using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Archive;

/// <summary>
/// The names of an etch archive's members: <c>manifest.json</c>, the image, <c>inject/&lt;partition&gt;/&lt;path&gt;</c>, <c>etch-trailer.json</c>.
/// </summary>
/// <remarks>
/// Names are bytes. An archive made by hand may spell them with a leading <c>./</c>, with doubled or closing slashes: all of
/// that is cleaned away here, in one place. What would climb out of the archive's root is refused here too.
/// </remarks>
public static class ArchiveNames
{
    /// <summary>Name of the first member.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>Name of the last member, but for a signature.</summary>
    public const string Trailer = "etch-trailer.json";

    /// <summary>Name of the member behind the trailer of a signed archive: the signature over the trailer's bytes, ECDSA P-256 with SHA-256 in DER.</summary>
    public const string Signature = "etch-trailer.sig";

    /// <summary>The longest signature: a DER sequence of two integers of 33 bytes.</summary>
    public const int MaxSignatureLength = 72;

    /// <summary>The folder of the injected files, with its slash.</summary>
    public const string InjectPrefix = "inject/";

    /// <summary>The longest partition number or label taken from an archive, in bytes: 36 UTF-16 units of a GPT name are at most 108 bytes of UTF-8.</summary>
    public const int MaxPartitionLength = 255;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Takes a member's name apart.</summary>
    /// <exception cref="UnsafePathException">The name is absolute, holds a <c>..</c> part or a zero byte.</exception>
    /// <exception cref="CorruptFormatException">The partition's part is not UTF-8, or longer than <see cref="MaxPartitionLength"/>.</exception>
    public static ArchiveName Parse(ReadOnlySpan<byte> name)
    {
        var clean = Clean(name);
        if (clean.Length == 0) return new ArchiveName(ArchiveNameKind.Root, "", clean);
        if (clean.AsSpan().SequenceEqual("manifest.json"u8)) return new ArchiveName(ArchiveNameKind.Manifest, "", clean);
        if (clean.AsSpan().SequenceEqual("etch-trailer.json"u8)) return new ArchiveName(ArchiveNameKind.Trailer, "", clean);
        if (clean.AsSpan().SequenceEqual("etch-trailer.sig"u8)) return new ArchiveName(ArchiveNameKind.Signature, "", clean);
        if (clean.AsSpan().SequenceEqual("inject"u8)) return new ArchiveName(ArchiveNameKind.InjectRoot, "", clean);
        if (!clean.AsSpan().StartsWith("inject/"u8)) return new ArchiveName(ArchiveNameKind.Other, "", clean);

        var rest = clean.AsSpan(InjectPrefix.Length);
        var slash = rest.IndexOf((byte)'/');
        var partition = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? [] : rest[(slash + 1)..].ToArray();
        return new ArchiveName(ArchiveNameKind.Inject, PartitionText(partition, name), path);
    }

    /// <summary>
    /// Cleans a path of bytes: empty and <c>.</c> parts go, what is left is joined by single slashes, with none at either end.
    /// </summary>
    /// <exception cref="UnsafePathException">The path is absolute, holds a <c>..</c> part or a zero byte.</exception>
    public static byte[] Clean(ReadOnlySpan<byte> path)
    {
        if (path.Length > 0 && path[0] == (byte)'/') throw new UnsafePathException(Display(path), "an absolute path in an archive; only paths below its root are taken");
        return CleanRelative(path);
    }

    /// <summary>Like <see cref="Clean"/>, for a path that may start with <c>/</c> because it counts from a partition's root.</summary>
    /// <exception cref="UnsafePathException">The path holds a <c>..</c> part or a zero byte.</exception>
    public static byte[] CleanRooted(ReadOnlySpan<byte> path) => CleanRelative(path);

    /// <summary>The member's name of a path in a partition: <c>inject/&lt;partition&gt;/&lt;path&gt;</c>.</summary>
    /// <param name="partition">Number or label, without <c>/</c>.</param>
    /// <param name="path">Cleaned path inside the partition; empty for its root.</param>
    public static byte[] Inject(string partition, ReadOnlySpan<byte> path)
    {
        ArgumentException.ThrowIfNullOrEmpty(partition);
        if (!IsPartitionSelector(partition)) throw new ArgumentException("not a partition number or label that can be part of a path", nameof(partition));
        var head = Encoding.UTF8.GetBytes(InjectPrefix + partition + "/");
        var name = new byte[head.Length + path.Length];
        head.CopyTo(name, 0);
        path.CopyTo(name.AsSpan(head.Length));
        return name;
    }

    /// <summary>Whether a text can name a partition in an archive: not empty, no <c>/</c>, no zero character, neither <c>.</c> nor <c>..</c>, at most <see cref="MaxPartitionLength"/> bytes.</summary>
    public static bool IsPartitionSelector(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text is not ("." or "..") && text.AsSpan().IndexOfAny('/', '\0') < 0
            && Encoding.UTF8.GetByteCount(text) <= MaxPartitionLength && !HasLoneSurrogate(text);
    }

    /// <summary>Whether a text is a path as <see cref="Clean"/> leaves it: relative, no zero character, no empty, <c>.</c> or <c>..</c> parts. The empty text is the root.</summary>
    public static bool IsCleanPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0) return true;
        if (path.Contains('\0') || HasLoneSurrogate(path)) return false;
        foreach (var range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[range] is "" or "." or "..") return false;
        }

        return true;
    }

    /// <summary>Bytes as a user can read them on one line.</summary>
    public static string Display(ReadOnlySpan<byte> bytes) => PathText.Of(bytes);

    private static byte[] CleanRelative(ReadOnlySpan<byte> path)
    {
        if (path.Contains((byte)0)) throw new UnsafePathException(Display(path), "a zero byte in a path");
        var clean = new byte[path.Length];
        var length = 0;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            if (part.SequenceEqual(".."u8)) throw new UnsafePathException(Display(path), "a '..' in a path; only paths below the root are taken");
            if (length > 0) clean[length++] = (byte)'/';
            part.CopyTo(clean.AsSpan(length));
            length += part.Length;
        }

        return length == clean.Length ? clean : clean[..length];
    }

    private static string PartitionText(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name)
    {
        if (bytes.Length > MaxPartitionLength) throw new CorruptFormatException("archive member", -1, $"{Display(name[..64])}…: the partition's name is longer than {MaxPartitionLength} bytes");
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new CorruptFormatException("archive member", -1, $"{Display(name)}: the partition's name is not UTF-8", e);
        }
    }

    private static bool HasLoneSurrogate(string text)
    {
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != System.Buffers.OperationStatus.Done) return true;
            rest = rest[used..];
        }

        return false;
    }
}
