using System.Text;
using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Trees;

/// <summary>Reading that every tree has in the same way.</summary>
internal static class TreeReading
{
    /// <summary>Looks an object up by a path given as text.</summary>
    public static TreeEntry? Find(this IFileTree tree, string path) => tree.Find(Encoding.UTF8.GetBytes(path));

    /// <summary>The names in a directory, those that are UTF-8.</summary>
    public static IEnumerable<string> List(this IFileTree tree, string path) => tree.List(Encoding.UTF8.GetBytes(path)).Where(n => System.Text.Unicode.Utf8.IsValid(n)).Select(Encoding.UTF8.GetString);

    /// <summary>Reads a small file whole.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="path">The path.</param>
    /// <param name="maxLength">The longest file that is read, in bytes.</param>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="CorruptFormatException">The file is longer, or shorter than it says.</exception>
    public static byte[]? TryRead(this IFileTree tree, string path, int maxLength)
    {
        if (tree.Find(path) is not { Kind: FileKind.File } file) return null;
        if (file.Size > maxLength) throw new CorruptFormatException($"{tree.Name}, {path}", -1, $"it has {file.Size} bytes, where at most {maxLength} are expected");
        using var stream = tree.Open(file);
        var content = new byte[file.Size];
        var count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return count == content.Length ? content : throw new CorruptFormatException($"{tree.Name}, {path}", -1, $"it has {file.Size} bytes, and only {count} of them can be read");
    }
}
