using System.Buffers;
using System.Text;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>Says which names a FAT volume can hold.</summary>
internal static class FatName
{
    private static readonly SearchValues<char> Refused = SearchValues.Create("\"*:<>?|\\\uFFFF" + new string([.. Enumerable.Range(0, 32).Select(i => (char)i)]));
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>A name as UTF-16.</summary>
    /// <param name="name">One part of a path, not empty and not <c>.</c>.</param>
    /// <param name="path">The path, for messages.</param>
    /// <exception cref="UnsafePathException">It is <c>..</c>, or has a NUL.</exception>
    /// <exception cref="UnsupportedFormatException">FAT cannot hold it.</exception>
    public static string Parse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> path)
    {
        if (name.SequenceEqual(".."u8)) throw new UnsafePathException(PathText.Of(path), "a path with .. is refused");
        if (name.Contains((byte)0)) throw new UnsafePathException(PathText.Of(path), "a name with a NUL byte is refused");
        string text;
        try
        {
            text = Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse(path, "a name is not UTF-8, and FAT holds names of Unicode only");
        }

        if (text.Length > K.MaxNameLength) throw Refuse(path, $"a name has {text.Length} UTF-16 units, and FAT holds at most {K.MaxNameLength}");
        var at = text.AsSpan().IndexOfAny(Refused);
        if (at >= 0) throw Refuse(path, text[at] is < ' ' or '\uFFFF' ? $"a name has the character U+{(int)text[at]:X4}, which FAT cannot hold" : $"a name has the character {text[at]}, which FAT cannot hold");
        if (text[^1] is '.' or ' ') throw Refuse(path, $"a name ends with a {(text[^1] == '.' ? "dot" : "space")}, which FAT cannot hold");
        return text;
    }

    private static UnsupportedFormatException Refuse(ReadOnlySpan<byte> path, string problem) =>
        new("file name", $"{PathText.Of(path)}: {problem}; give it another name");
}
