using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace EtchStream.Formats.Unix;

/// <summary>The text form of ACLs (POSIX.1e draft 17, 23.3) as archives hold it: long or short, with a fourth field for the numeric ID (star, libarchive).</summary>
internal static class PosixAclText
{
    /// <summary>More than ext4 or any other Linux file system holds; bounds what a hostile text can cost.</summary>
    private const int MaxEntries = 10_000;

    public static List<PosixAclEntry> Parse(ReadOnlySpan<byte> text)
    {
        var entries = new List<PosixAclEntry>();
        foreach (var lineRange in text.Split((byte)'\n'))
        {
            var line = text[lineRange];
            var comment = line.IndexOf((byte)'#');
            if (comment >= 0) line = line[..comment];
            foreach (var range in line.Split((byte)','))
            {
                var entry = Trim(line[range]);
                if (entry.IsEmpty) continue;
                if (entries.Count == MaxEntries) throw PosixAcl.Corrupt(-1, $"more than {MaxEntries} entries");
                entries.Add(ParseEntry(entry));
            }
        }

        return entries;
    }

    public static byte[] Format(IReadOnlyList<PosixAclEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(entry.Tag switch
            {
                PosixAclTag.UserObject or PosixAclTag.User => "user:",
                PosixAclTag.GroupObject or PosixAclTag.Group => "group:",
                PosixAclTag.Mask => "mask:",
                _ => "other:",
            });
            if (entry.HasId) text.Append(CultureInfo.InvariantCulture, $"{entry.Id}");
            text.Append(':')
                .Append((entry.Permissions & 4) != 0 ? 'r' : '-')
                .Append((entry.Permissions & 2) != 0 ? 'w' : '-')
                .Append((entry.Permissions & 1) != 0 ? 'x' : '-');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static PosixAclEntry ParseEntry(ReadOnlySpan<byte> entry)
    {
        var rest = entry;
        var tag = NextField(ref rest);
        if (tag.SequenceEqual("default"u8) || tag.SequenceEqual("d"u8)) tag = NextField(ref rest);

        var isUser = tag.SequenceEqual("user"u8) || tag.SequenceEqual("u"u8);
        var isGroup = tag.SequenceEqual("group"u8) || tag.SequenceEqual("g"u8);
        if (isUser || isGroup)
        {
            var qualifier = NextField(ref rest);
            var permissions = ParsePermissions(NextField(ref rest), entry);
            var number = NextField(ref rest);
            if (!rest.IsEmpty) throw Bad(entry);
            if (qualifier.IsEmpty && number.IsEmpty) return new PosixAclEntry(isUser ? PosixAclTag.UserObject : PosixAclTag.GroupObject, permissions);
            return new PosixAclEntry(isUser ? PosixAclTag.User : PosixAclTag.Group, permissions, ParseId(qualifier, number, entry));
        }

        PosixAclTag nameless;
        if (tag.SequenceEqual("mask"u8) || tag.SequenceEqual("m"u8)) nameless = PosixAclTag.Mask;
        else if (tag.SequenceEqual("other"u8) || tag.SequenceEqual("o"u8)) nameless = PosixAclTag.Other;
        else throw Bad(entry);

        // Solaris writes these two without the empty field.
        var first = NextField(ref rest);
        var bits = first.IsEmpty ? NextField(ref rest) : first;
        if (!Trim(rest).IsEmpty) throw Bad(entry);
        return new PosixAclEntry(nameless, ParsePermissions(bits, entry));
    }

    private static uint ParseId(ReadOnlySpan<byte> qualifier, ReadOnlySpan<byte> number, ReadOnlySpan<byte> entry)
    {
        // The fourth field is the ID where it stands: the name before it is the archiving host's.
        var text = number.IsEmpty ? qualifier : number;
        if (Utf8Parser.TryParse(text, out uint id, out var used) && used == text.Length && text[0] != '+') return id;
        if (!number.IsEmpty || char.IsAsciiDigit((char)text[0])) throw Bad(entry);
        if (text.SequenceEqual("root"u8)) return 0;
        throw new UnsupportedFormatException(
            "ACL with names",
            $"the ACL entry \"{Show(entry)}\" gives a user or group by name, which has no meaning on another machine: make the archive with --numeric-owner");
    }

    private static int ParsePermissions(ReadOnlySpan<byte> text, ReadOnlySpan<byte> entry)
    {
        if (text.IsEmpty) throw Bad(entry);
        var permissions = 0;
        foreach (var b in text)
        {
            permissions |= b switch
            {
                (byte)'r' => 4,
                (byte)'w' => 2,
                (byte)'x' => 1,
                (byte)'-' => 0,
                _ => throw Bad(entry),
            };
        }

        return permissions;
    }

    private static ReadOnlySpan<byte> NextField(ref ReadOnlySpan<byte> rest)
    {
        var colon = rest.IndexOf((byte)':');
        var field = colon < 0 ? rest : rest[..colon];
        rest = colon < 0 ? default : rest[(colon + 1)..];
        return Trim(field);
    }

    /// <summary>Also takes off the NULs with which old archives close the text.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\0"u8);

    private static CorruptFormatException Bad(ReadOnlySpan<byte> entry) => PosixAcl.Corrupt(-1, $"\"{Show(entry)}\" is not an entry");

    private static string Show(ReadOnlySpan<byte> entry) =>
        string.Concat(Encoding.Latin1.GetString(entry[..Math.Min(entry.Length, 60)]).Select(c => char.IsControl(c) ? '?' : c));
}
