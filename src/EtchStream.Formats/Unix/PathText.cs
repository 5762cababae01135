using System.Text;

namespace EtchStream.Formats.Unix;

/// <summary>Names from archives and file systems as text for messages: what is not printable UTF-8 is escaped, so that a hostile name cannot drive the terminal.</summary>
public static class PathText
{
    /// <summary>The name as text, with control characters and bytes that are not UTF-8 written as <c>\xNN</c>.</summary>
    public static string Of(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (name.Length > 0)
        {
            var good = Rune.DecodeFromUtf8(name, out var rune, out var used) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune);
            if (good) text.Append(rune.ToString());
            else foreach (var b in name[..used]) text.Append($"\\x{b:X2}");
            name = name[used..];
        }

        return text.ToString();
    }
}
