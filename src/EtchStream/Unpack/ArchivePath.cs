using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Unpack;

/// <summary>Where in the archive a member lies.</summary>
internal enum ArchivePlace
{
    /// <summary>The archive's own root: <c>./</c>.</summary>
    Root,

    /// <summary>Beside the image: the image itself, manifest, trailer, or something unknown.</summary>
    TopLevel,

    /// <summary>The folder <c>inject/</c>.</summary>
    InjectFolder,

    /// <summary>The folder of one partition, <c>inject/6/</c>.</summary>
    PartitionFolder,

    /// <summary>Something for a partition.</summary>
    PartitionContent,
}

/// <summary>
/// A member's name taken apart: <c>inject/&lt;partition&gt;/&lt;path&gt;</c>. Names are bytes. What GNU tar and bsdtar write beside it is
/// accepted: a leading <c>./</c>, doubled slashes, a slash at the end.
/// </summary>
internal readonly ref struct ArchivePath
{
    private ArchivePath(ArchivePlace place, ReadOnlySpan<byte> partition, ReadOnlySpan<byte> path)
    {
        Place = place;
        Partition = partition;
        Path = path;
    }

    /// <summary>Where it lies.</summary>
    public ArchivePlace Place { get; }

    /// <summary>Number or label of the partition, as the archive spells it.</summary>
    public ReadOnlySpan<byte> Partition { get; }

    /// <summary>Path in the partition; for <see cref="ArchivePlace.TopLevel"/> the name in the archive. No slash at either end.</summary>
    public ReadOnlySpan<byte> Path { get; }

    private static ReadOnlySpan<byte> InjectPrefix => "inject/"u8;

    /// <summary>Takes a name apart.</summary>
    /// <exception cref="UnsafePathException">The name is empty, absolute, has a <c>..</c> part or a NUL.</exception>
    /// <exception cref="CorruptFormatException">The partition's part is longer than any number or label.</exception>
    public static ArchivePath Parse(ReadOnlySpan<byte> name)
    {
        var path = Clean(name);
        if (path.IsEmpty) return new ArchivePath(ArchivePlace.Root, default, default);
        if (!path.StartsWith(InjectPrefix))
        {
            return path.SequenceEqual(InjectPrefix[..^1])
                ? new ArchivePath(ArchivePlace.InjectFolder, default, default)
                : new ArchivePath(ArchivePlace.TopLevel, default, path);
        }

        var rest = path[InjectPrefix.Length..];
        var slash = rest.IndexOf((byte)'/');
        var partition = slash < 0 ? rest : rest[..slash];

        // Every spelling of a partition is kept, and "1", "01", "001", ... are one each: the limit also bounds how many there can be.
        if (partition.Length > ArchiveNames.MaxPartitionLength) throw new CorruptFormatException("archive member", -1, $"{PathText.Of(name)}: the partition's name is longer than {ArchiveNames.MaxPartitionLength} bytes");
        return slash < 0
            ? new ArchivePath(ArchivePlace.PartitionFolder, partition, default)
            : new ArchivePath(ArchivePlace.PartitionContent, partition, rest[(slash + 1)..]);
    }

    private static ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) throw new UnsafePathException("(empty name)", "a member of the archive has no name");
        if (name[0] == '/') throw new UnsafePathException(PathText.Of(name), "the archive has an absolute path, only paths below it are accepted");
        if (name.Contains((byte)0)) throw new UnsafePathException(PathText.Of(name), "the path has a NUL byte");

        // "/." also finds "/.profile" and "/..": those go the slow way, which decides part by part.
        var plain = name[0] != '.' && name.IndexOf("/."u8) < 0 && name.IndexOf("//"u8) < 0;
        return plain ? name.TrimEnd((byte)'/') : Normalize(name);
    }

    private static ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> name)
    {
        // The common case of the slow way, "./" in front and hidden files, must not copy either.
        var rest = name;
        while (rest.StartsWith("./"u8)) rest = rest[2..].TrimStart((byte)'/');
        rest = rest.TrimEnd((byte)'/');
        if (rest.SequenceEqual("."u8)) return default;

        var needsCopy = false;
        for (var left = rest; !left.IsEmpty;)
        {
            var slash = left.IndexOf((byte)'/');
            var part = slash < 0 ? left : left[..slash];
            if (part.SequenceEqual(".."u8)) throw new UnsafePathException(PathText.Of(name), "the path climbs out with '..'");
            if (part.IsEmpty || part.SequenceEqual("."u8)) needsCopy = true;
            left = slash < 0 ? default : left[(slash + 1)..];
        }

        return needsCopy ? WithoutEmptyParts(rest) : rest;
    }

    private static ReadOnlySpan<byte> WithoutEmptyParts(ReadOnlySpan<byte> path)
    {
        var result = new byte[path.Length];
        var length = 0;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            if (length > 0) result[length++] = (byte)'/';
            part.CopyTo(result.AsSpan(length));
            length += part.Length;
        }

        return result.AsSpan(0, length);
    }
}
