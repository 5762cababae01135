using System.Globalization;
using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Xunit;

namespace EtchStream.Differential.Tests.Tar;

/// <summary>Turns what <see cref="TarReader"/> gives into the words in which <see cref="UnixTree"/> describes a real tree.</summary>
internal static class TarComparison
{
    /// <summary>Reads an archive of a tree; hard links get what their target has.</summary>
    public static async Task<List<UnixObject>> ReadAsync(Stream archive, bool withXattrs)
    {
        await using var source = new StreamByteSource(archive);
        var reader = new TarReader(source);
        var objects = new Dictionary<string, UnixObject>(StringComparer.Ordinal);
        while (await reader.ReadEntryAsync() is { } entry)
        {
            var path = Path(entry.Name);
            if (path.Length == 0) continue;
            objects[path] = entry.Kind == FileKind.HardLink
                ? objects[Path(entry.LinkName)] with { Path = path }
                : await Describe(reader, entry, path, withXattrs);
        }

        await reader.DrainAsync();
        return [.. objects.Values.OrderBy(o => o.Path, StringComparer.Ordinal)];
    }

    /// <summary>The differences, one line each; empty when there are none.</summary>
    public static string Differences(IEnumerable<UnixObject> expected, IEnumerable<UnixObject> actual)
    {
        var left = expected.Select(o => o.ToString()).ToHashSet(StringComparer.Ordinal);
        var right = actual.Select(o => o.ToString()).ToHashSet(StringComparer.Ordinal);
        return string.Join('\n', left.Except(right, StringComparer.Ordinal).Select(o => "- " + o).Concat(right.Except(left, StringComparer.Ordinal).Select(o => "+ " + o)).Order(StringComparer.Ordinal).Select(o => o.Length > 3000 ? o[..3000] : o));
    }

    private static async Task<UnixObject> Describe(TarReader reader, TarEntry entry, string path, bool withXattrs)
    {
        return new UnixObject
        {
            Path = path,
            Kind = entry.Kind switch { FileKind.Directory => 'd', FileKind.SymbolicLink => 'l', FileKind.CharacterDevice => 'c', FileKind.BlockDevice => 'b', FileKind.Fifo => 'p', _ => 'f' },
            Mode = entry.Kind == FileKind.SymbolicLink ? 0x1FF : !withXattrs || entry.AclAccess is null ? entry.Mode : PosixAcl.ApplyToMode(entry.Mode, PosixAcl.FromText(entry.AclAccess)),
            UserId = entry.UserId,
            GroupId = entry.GroupId,
            Time = Time(entry.ModificationTime),
            Size = entry.Size,
            Device = entry.Kind is FileKind.CharacterDevice or FileKind.BlockDevice ? $"{entry.DeviceMajor:x}:{entry.DeviceMinor:x}" : "",
            Link = entry.Kind == FileKind.SymbolicLink ? Encoding.Latin1.GetString(entry.LinkName) : "",
            Content = entry.Kind == FileKind.File ? await Content(reader, entry) : "",
            Xattrs = withXattrs ? UnixTree.Show(Xattrs(entry)) : "",
        };
    }

    // GNU tar stores ACLs as text and, if every attribute is asked for, as attributes too.
    private static IEnumerable<(string, byte[])> Xattrs(TarEntry entry)
    {
        var all = entry.Xattrs.ToDictionary(x => Encoding.Latin1.GetString(x.Name), x => x.Value, StringComparer.Ordinal);
        Add(PosixAcl.AccessName, entry.AclAccess);
        Add(PosixAcl.DefaultName, entry.AclDefault);
        return all.Select(x => (x.Key, x.Value));

        void Add(ReadOnlySpan<byte> name, byte[]? text)
        {
            var value = text is null ? null : PosixAcl.FromText(text);
            if (value is null || (name.SequenceEqual(PosixAcl.AccessName) && PosixAcl.IsEquivalentToMode(value))) return;
            var key = Encoding.Latin1.GetString(name);
            if (all.TryGetValue(key, out var raw)) Assert.Equal(Convert.ToHexString(raw), Convert.ToHexString(value));
            all[key] = value;
        }
    }

    private static async Task<string> Content(TarReader reader, TarEntry entry)
    {
        if (entry.Size > 1 << 26) return "huge";
        var stored = new MemoryStream();
        for (var window = await reader.ReadContentAsync(); !window.IsEmpty; window = await reader.ReadContentAsync()) stored.Write(window.Span);
        var content = new byte[entry.Size];
        var next = 0;
        foreach (var run in entry.DataRuns ?? [new DataRun(0, entry.Size)])
        {
            stored.GetBuffer().AsSpan(next, (int)run.Length).CopyTo(content.AsSpan((int)run.Offset));
            next += (int)run.Length;
        }

        Assert.Equal(stored.Length, next);
        return UnixTree.Hash(content);
    }

    private static string Path(byte[] name)
    {
        var path = Encoding.Latin1.GetString(name).TrimEnd('/');
        return path == "." ? "" : path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }

    /// <summary>As stat prints a time: a decimal fraction, which counts backward before 1970.</summary>
    private static string Time(UnixTime time)
    {
        var ticks = ((Int128)time.Seconds * 1_000_000_000) + time.Nanoseconds;
        var magnitude = ticks < 0 ? -ticks : ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{(ticks < 0 ? "-" : "")}{magnitude / 1_000_000_000}.{(int)(magnitude % 1_000_000_000):D9}");
    }
}
