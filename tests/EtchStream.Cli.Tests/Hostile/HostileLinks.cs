using EtchStream.TestKit.Engine;
using static EtchStream.Cli.Tests.Hostile.HostileRow;

namespace EtchStream.Cli.Tests.Hostile;

/// <summary>Links that lead out, in circles or nowhere, objects that take each other's place, and partitions that are not there.</summary>
internal static class HostileLinks
{
    /// <summary>The archives.</summary>
    public static IEnumerable<HostileRow> Rows() => [.. Symbolic(), .. Hard(), .. Places()];

    private static IEnumerable<HostileRow> Symbolic()
    {
        foreach (var link in new[] { "absolute", "relative", "climbing", "loop", "dangling" })
        {
            yield return Behind($"a file below the image's symbolic link '{link}'", 7, $"symbolic link {link}", tar => tar.File($"inject/1/{link}/x", "x"));
            yield return Behind($"a folder where the image has the symbolic link '{link}'", 7, "a folder cannot take its place", tar => tar.Folder($"inject/1/{link}"));
            yield return Behind($"a file in place of the image's symbolic link '{link}'", 0, "1 entry", tar => tar.File($"inject/1/{link}", "x"));
        }

        foreach (var target in new[] { "/etc", "../../..", "etc", "l", "nowhere" })
        {
            yield return Behind($"a file below the archive's own symbolic link to {target}", 7, "symbolic link l", tar => tar.Symlink("inject/1/l", target).File("inject/1/l/x", "x"));
            yield return Behind($"a hard link below a symbolic link to {target}", 7, "symbolic link l", tar => tar.File("inject/1/f", "f").Symlink("inject/1/l", target).Link("inject/1/l/x", "inject/1/f"));
            yield return Behind($"a hard link to what lies below a symbolic link to {target}", 7, "symbolic link l", tar => tar.Symlink("inject/1/l", target).Link("inject/1/x", "inject/1/l/passwd"));
        }

        yield return Behind("a folder that a symbolic link replaces, and a file below it", 7, "symbolic link d", tar => tar.Folder("inject/1/d").Symlink("inject/1/d", "/etc").File("inject/1/d/x", "x"));
        yield return Behind("a file below a hard link to a symbolic link", 7, "symbolic link x", tar => tar.Symlink("inject/1/l", "/etc").Link("inject/1/x", "inject/1/l").File("inject/1/x/f", "f"));
    }

    private static IEnumerable<HostileRow> Hard()
    {
        foreach (var target in new[] { "disk.img", "inject", "inject/1", ".", "x" }) yield return Behind($"a hard link to {target}, outside its partition", 7, "outside the partition", tar => tar.Link("inject/1/x", target));
        yield return Behind("a hard link to the same partition under its label", 0, "2 entries", tar => tar.File("inject/1/a", "a").Link("inject/data/x", "inject/1/a"));
        yield return Behind("a hard link to itself that is not there", 3, "does not exist", tar => tar.Link("inject/1/x", "inject/1/x"));
        yield return Behind("a hard link to itself", 0, "2 entries", tar => tar.File("inject/1/x", "x").Link("inject/1/x", "inject/1/x"));
        yield return Behind("a hard link to a folder of the image", 7, "is a directory", tar => tar.Link("inject/1/x", "inject/1/etc"));
        yield return Behind("a hard link into the folder that it replaces", 7, "lies in the folder that it replaces", tar => tar.Folder("inject/1/d").File("inject/1/d/f", "f").Link("inject/1/d", "inject/1/d/f"));
        yield return Behind("a hard link below its own target", 7, "not a folder", tar => tar.File("inject/1/f", "f").Link("inject/1/f/x", "inject/1/f"));
        yield return Behind("a hard link with content of its own", 4, "content of its own", tar => tar.File("inject/1/a", "a").Entry(new LayerEntry("inject/1/x") { Type = '1', Link = "inject/1/a" }, "other"u8));
    }

    private static IEnumerable<HostileRow> Places()
    {
        yield return Behind("a file over a folder of the image that is not empty", 7, "not empty", tar => tar.File("inject/1/full", "x"));
        yield return Behind("a file over a folder of the archive", 0, "3 entries", tar => tar.Folder("inject/1/d").File("inject/1/d/e/f", "f").File("inject/1/d", "x"));
        yield return Behind("a file below a file of the image", 7, "not a folder", tar => tar.File("inject/1/plain/x", "x"));
        foreach (var number in new[] { "0", "3", "2147483648", "18446744073709551617" }) yield return Behind($"partition {number}", 3, $"no partition {number}", tar => tar.File($"inject/{number}/x", "x"));
        foreach (var label in new[] { "-1", "+1", " 1", "0x1", "1.0", "\uff11", "DATA" }) yield return Behind($"a label that no partition has: '{label}'", 3, "no partition with the label", tar => tar.File($"inject/{label}/x", "x"));
    }
}
