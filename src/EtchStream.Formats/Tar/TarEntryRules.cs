using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tar;

/// <summary>What an entry must keep to be written. Breaking it is a mistake of the program, not of any input.</summary>
internal static class TarEntryRules
{
    /// <summary>Throws the argument exception that fits.</summary>
    public static void ThrowIfInvalid(TarEntry entry)
    {
        ThrowIfBadName(entry.Name, nameof(entry.Name));
        if (entry.Kind == FileKind.File && entry.Name[^1] == '/') throw new ArgumentException("The name of a file ends in a slash.", nameof(entry));
        if (entry.Kind is FileKind.SymbolicLink or FileKind.HardLink) ThrowIfBadName(entry.LinkName, nameof(entry.LinkName));
        else if (entry.LinkName.Length > 0) throw new ArgumentException("Only a link has a target.", nameof(entry));

        ThrowIfOutOfRange(entry.Mode is < 0 or > 0xFFF, nameof(entry.Mode), entry.Mode);
        ThrowIfOutOfRange(entry.UserId < 0, nameof(entry.UserId), entry.UserId);
        ThrowIfOutOfRange(entry.GroupId < 0, nameof(entry.GroupId), entry.GroupId);
        ThrowIfOutOfRange(entry.Size < 0, nameof(entry.Size), entry.Size);
        ThrowIfOutOfRange(entry.ModificationTime.Nanoseconds is < 0 or > 999_999_999, nameof(entry.ModificationTime), entry.ModificationTime);
        if (entry.Size > 0 && entry.Kind != FileKind.File) throw new ArgumentException("Only a file has content.", nameof(entry));

        foreach (var xattr in entry.Xattrs) ThrowIfBadName(xattr.Name, nameof(entry.Xattrs));
        if (entry.DataRuns is not null) ThrowIfBadMap(entry);
    }

    private static void ThrowIfBadMap(TarEntry entry)
    {
        if (entry.Kind != FileKind.File) throw new ArgumentException("Only a file has holes.", nameof(entry));
        long end = 0;
        foreach (var run in entry.DataRuns!)
        {
            if (run.Offset < end || run.Length < 0 || run.Length > entry.Size - run.Offset)
            {
                throw new ArgumentException($"The stretch of data at {run.Offset}, {run.Length} bytes, overlaps the one before it or reaches beyond the file's size.", nameof(entry));
            }

            end = run.End;
        }
    }

    private static void ThrowIfBadName(byte[] name, string what)
    {
        if (name is null || name.Length == 0) throw new ArgumentException($"{what} is empty.", nameof(name));
        if (name.AsSpan().Contains((byte)0)) throw new ArgumentException($"{what} has a NUL in it.", nameof(name));
    }

    private static void ThrowIfOutOfRange<T>(bool isOut, string what, T value)
    {
        if (isOut) throw new ArgumentOutOfRangeException(what, value, "Not a value that a tar archive can hold.");
    }
}
