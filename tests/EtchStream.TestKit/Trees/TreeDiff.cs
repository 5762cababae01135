using EtchStream.Formats.Unix;

namespace EtchStream.TestKit;

/// <summary>Compares two manifests object by object.</summary>
internal sealed class TreeDiff(TreeDiffOptions options)
{
    private readonly List<string> _lines = [];
    private int _more;

    public IReadOnlyList<string> Compare(TreeManifest expected, TreeManifest actual)
    {
        foreach (var entry in Ordered(expected))
        {
            if (actual.Find(entry.Path) is { } other) CompareEntry(entry, other);
            else Report(entry, "is missing");
        }

        foreach (var entry in Ordered(actual))
        {
            if (expected.Find(entry.Path) is null) Report(entry, $"should not be there ({entry.Kind})");
        }

        if (_more > 0) _lines.Add($"… and {_more} more differences");
        return _lines;
    }

    private IEnumerable<TreeEntry> Ordered(TreeManifest manifest) =>
        manifest.Entries
            .Where(entry => !options.IgnoreLostAndFound || !IsLostAndFound(entry.Path))
            .OrderBy(entry => TreeManifest.Key(entry.Path), StringComparer.Ordinal);

    private void CompareEntry(TreeEntry a, TreeEntry b)
    {
        if (a.Kind != b.Kind)
        {
            Report(a, $"is a {b.Kind}, not a {a.Kind}");
            return;
        }

        if (a.Path.Length == 0 && options.IgnoreRoot) return;
        Check(a, "mode", Convert.ToString(a.Mode, 8), Convert.ToString(b.Mode, 8));
        Check(a, "user", a.UserId, b.UserId);
        Check(a, "group", a.GroupId, b.GroupId);
        Check(a, "flags", a.Flags, b.Flags);
        Check(a, "mtime", Shown(a.ModificationTime), Shown(b.ModificationTime));

        // How large a directory is, is the file system's own affair.
        if (a.Kind != FileKind.Directory) Check(a, "size", a.Size, b.Size);
        if (a.Kind != FileKind.Directory || !options.IgnoreDirectoryLinkCounts) Check(a, "link count", a.LinkCount, b.LinkCount);
        if (a.Kind is FileKind.CharacterDevice or FileKind.BlockDevice) Check(a, "device", a.Device, b.Device);
        if (a.Kind == FileKind.SymbolicLink) CheckBytes(a, "link target", a.LinkTarget, b.LinkTarget);
        if (a.Kind == FileKind.File && !a.Digest.AsSpan().SequenceEqual(b.Digest)) Report(a, "content differs");
        CheckBytes(a, "shares its inode with", a.SameInodeAs, b.SameInodeAs);
        CompareXattrs(a, b);
    }

    private void CompareXattrs(TreeEntry a, TreeEntry b)
    {
        var actual = b.Xattrs.ToDictionary(x => TreeManifest.Key(x.Name), x => x.Value, StringComparer.Ordinal);
        foreach (var (name, value) in a.Xattrs)
        {
            if (!actual.Remove(TreeManifest.Key(name), out var other)) Report(a, $"xattr {TreeText.Show(name)} is missing");
            else if (!value.AsSpan().SequenceEqual(other))
                Report(a, $"xattr {TreeText.Show(name)} ({value.Length} bytes) should be {TreeText.Show(value)}, is ({other.Length} bytes) {TreeText.Show(other)}");
        }

        foreach (var name in actual.Keys) Report(a, $"xattr {name} should not be there");
    }

    private string Shown(UnixTime time)
    {
        var seconds = time.Seconds;
        var nanoseconds = options.IgnoreNanoseconds ? 0 : time.Nanoseconds;
        if (options.ClampTimesTo32Bits) seconds = Math.Clamp(seconds, int.MinValue, int.MaxValue);
        return $"{seconds}.{nanoseconds:D9}";
    }

    private void Check<T>(TreeEntry entry, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) Report(entry, $"{what} should be {expected}, is {actual}");
    }

    private void CheckBytes(TreeEntry entry, string what, byte[]? expected, byte[]? actual)
    {
        if (!expected.AsSpan().SequenceEqual(actual)) Report(entry, $"{what} should be {TreeText.Show(expected)}, is {TreeText.Show(actual)}");
    }

    private void Report(TreeEntry entry, string what)
    {
        if (_lines.Count < options.Limit) _lines.Add($"/{TreeText.Show(entry.Path)}: {what}");
        else _more++;
    }

    private static bool IsLostAndFound(ReadOnlySpan<byte> path) =>
        path.StartsWith("lost+found"u8) && (path.Length == 10 || path[10] == (byte)'/');
}
