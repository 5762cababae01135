using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Browse;

/// <summary>Why a path leads nowhere: how far it leads, and what was meant perhaps.</summary>
internal static class MissingPath
{
    /// <summary>The error.</summary>
    /// <param name="browser">The partition.</param>
    /// <param name="path">The path that is not there.</param>
    public static FileNotFoundException Error(ImageBrowser browser, ReadOnlySpan<byte> path)
    {
        var parts = Parts(path);
        var name = browser.Shown(path);
        byte[] folder = [];
        for (var i = 0; i < parts.Count; i++)
        {
            var next = ImageBrowser.Join(folder, parts[i]);
            if (browser.Find(next) is not { } entry) return Error(name, Shown(folder), PathText.Of(parts[i]), NearIn(browser, folder, parts[i]));
            if (entry.Kind != FileKind.Directory && i + 1 < parts.Count) return Error(name, $"{Shown(next)} is {Describe(entry)}");
            folder = next;
        }

        return Error(name, "it was there a moment ago");
    }

    private static FileNotFoundException Error(string name, string folder, string missing, string? near)
    {
        var prefix = folder == "/" ? folder : folder + "/";
        return Error(name, $"{folder} is there, but no {missing} in it{(near is null ? "" : $"; did you mean {prefix}{near}?")}");
    }

    private static FileNotFoundException Error(string name, string why) => new($"{name}: no such file or folder; {why}");

    private static string? NearIn(ImageBrowser browser, byte[] folder, byte[] missing)
    {
        try
        {
            return NearName.Of(PathText.Of(missing), browser.List(folder).Select(e => e.ShownName));
        }
        catch (IOException)
        {
            // A damaged folder: that the path is not there is what was asked.
            return null;
        }
    }

    private static string Describe(BrowsedEntry entry) => entry.LinkTarget is { } target
        ? $"a symbolic link to {PathText.Of(target.Span)}, which is not followed; name that"
        : "no folder";

    private static string Shown(byte[] path) => path.Length == 0 ? "/" : PathText.Of(path);

    private static List<byte[]> Parts(ReadOnlySpan<byte> path)
    {
        List<byte[]> parts = [];
        foreach (var range in path.Split((byte)'/'))
        {
            if (path[range].Length > 0) parts.Add(path[range].ToArray());
        }

        return parts;
    }
}
