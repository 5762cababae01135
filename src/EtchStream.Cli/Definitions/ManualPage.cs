using System.Globalization;
using System.Text;

namespace EtchStream.Cli.Definitions;

/// <summary>The manual page, in the macros of man(7).</summary>
internal static class ManualPage
{
    /// <summary>Writes it.</summary>
    public static string Of(IReadOnlyList<VerbDefinition> verbs, string version)
    {
        var page = new StringBuilder();
        page.Append($".TH ETCHSTREAM 1 \"\" \"etchstream {version}\"\n");
        page.Append(".SH NAME\netchstream \\- disk images and files for their partitions, in one stream\n.SH SYNOPSIS\n");
        foreach (var verb in verbs) page.Append($".B etchstream {verb.Name}\n.RI {Quote(string.Join(' ', verb.Values.Select(v => $"{v.Name}{(v.IsMany ? "..." : "")}").Append("[options]")))}\n.br\n");
        page.Append(".SH DESCRIPTION\n");
        page.Append(Text("On a build host, pack puts a disk image, files for its partitions and container images into one tar archive. At flash time, unpack streams that onto a device or file, and writes the files into the image's ext2, ext3, ext4 and FAT partitions on the way: no mount, no root, no temporary copy.")).Append('\n');
        foreach (var verb in verbs)
        {
            page.Append($".SH {Quote("etchstream " + verb.Name)}\n{Text(verb.Help)}\n");
            foreach (var value in verb.Values) page.Append($".TP\n.I {Text(value.Name)}\n{Text(value.Help)}\n");
            foreach (var option in verb.Options) page.Append($".TP\n{Term(option)}\n{Text(option.Help)}\n");
        }

        page.Append(".SH EXIT STATUS\n");
        foreach (var (code, meaning) in ExitCode.Meanings) page.Append($".TP\n.B {code}\n{Text(meaning)}\n");
        return page.ToString();
    }

    private static string Term(OptionDefinition option)
    {
        var name = option.Short is { } letter ? $"\\-{letter}, \\-\\-{Text(option.Long)}" : $"\\-\\-{Text(option.Long)}";
        return option.Value is { } value ? $".BI \"{name} \" {Quote(value)}" : $".B \"{name}\"";
    }

    // A quotation mark ends a macro's argument.
    private static string Quote(string text) => $"\"{Text(text).Replace("\"", "\\(dq", StringComparison.Ordinal)}\"";

    /// <summary>Text that is taken for nothing else: neither escapes, nor requests at a line's start, nor hyphens that a copied option would not have.</summary>
    private static string Text(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        if (text.Length > 0 && text[0] is '.' or '\'') safe.Append("\\&");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\\') safe.Append("\\e");
            else if (rune.Value == '-') safe.Append("\\-");
            else if (rune.IsAscii) safe.Append(rune.ToString());
            else safe.Append(CultureInfo.InvariantCulture, $"\\[u{rune.Value:X4}]");
        }

        return safe.ToString();
    }
}
