using System.Text.RegularExpressions;

namespace EtchStream.TestKit.Docs;

/// <summary>A page of the documentation, taken apart as far as tests compare it with the code: headings, links, code, tables.</summary>
public sealed partial class MarkdownPage
{
    private readonly List<(int Line, string Text)> _prose = [];
    private readonly List<(string Heading, string[] Cells)> _rows = [];

    private MarkdownPage(string path, IReadOnlyList<string> lines)
    {
        Path = path;
        Lines = lines;
        Read();
    }

    /// <summary>Path from the repository's root, with slashes.</summary>
    public string Path { get; }

    /// <summary>All lines.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The names by which headings are linked to, as GitHub makes them.</summary>
    public HashSet<string> Anchors { get; } = new(StringComparer.Ordinal);

    /// <summary>Blocks between fences: the line of the first, the language, and what is in it.</summary>
    public List<(int Line, string Language, IReadOnlyList<string> Content)> CodeBlocks { get; } = [];

    /// <summary>Spans of code in the text.</summary>
    public IEnumerable<(int Line, string Text)> CodeSpans =>
        _prose.SelectMany(line => CodeSpan().Matches(line.Text).Select(span => (line.Line, span.Groups[1].Value)));

    /// <summary>Links in the text: where, what is shown, and where to.</summary>
    public IEnumerable<(int Line, string Text, string Target)> Links =>
        _prose.SelectMany(line => Link().Matches(line.Text).Select(link => (line.Line, link.Groups[1].Value, link.Groups[2].Value)));

    /// <summary>README.md and all of docs.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
        [Open("README.md"), .. Directory.GetFiles(Repository.File("docs"), "*.md").Order(StringComparer.Ordinal).Select(file => Open($"docs/{System.IO.Path.GetFileName(file)}"))];

    /// <summary>Opens a page by its path from the repository's root.</summary>
    public static MarkdownPage Open(string path) => new(path, File.ReadAllLines(Repository.File(path)));

    /// <summary>A page of lines that are no file, for tests of this class.</summary>
    public static MarkdownPage Of(params string[] lines) => new("test.md", lines);

    /// <summary>The rows of the tables below a heading, without their head: the text of each cell.</summary>
    public IReadOnlyList<string[]> Table(string heading)
    {
        var rows = _rows.Where(row => row.Heading == heading).Select(row => row.Cells).ToList();
        return rows.Count > 0 ? rows : throw new InvalidOperationException($"{Path}: no table below \"{heading}\"");
    }

    /// <summary>What spans of code a cell holds.</summary>
    public static IReadOnlyList<string> Code(string cell) => [.. CodeSpan().Matches(cell).Select(span => span.Groups[1].Value)];

    private void Read()
    {
        var heading = "";
        List<string>? block = null;
        var inTable = false;
        for (var i = 0; i < Lines.Count; i++)
        {
            var line = Lines[i];
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                if (block is null) CodeBlocks.Add((i + 1, line.Trim()[3..], block = []));
                else block = null;
                continue;
            }

            if (block is not null)
            {
                block.Add(line);
                continue;
            }

            Add(i + 1, line);
            if (line.StartsWith('#')) Anchors.Add(Anchor(heading = line.TrimStart('#').Trim()));
            var isRow = line.StartsWith('|');
            if (isRow && inTable && !line.StartsWith("|---", StringComparison.Ordinal)) _rows.Add((heading, [.. line.Trim().Trim('|').Replace("\\|", "\u0001", StringComparison.Ordinal).Split('|').Select(cell => cell.Replace('\u0001', '|').Trim())]));
            inTable = isRow;
        }
    }

    // Spans of code and links go on over the end of a line, but not of a paragraph, a point of a list, or a row.
    private void Add(int number, string line)
    {
        var isNew = line.Length == 0 || line[0] is '#' or '|' || line.StartsWith("- ", StringComparison.Ordinal) || _prose.Count == 0 || _prose[^1].Text.Length == 0 || _prose[^1].Text[0] is '#' or '|';
        if (isNew) _prose.Add((number, line));
        else _prose[^1] = (_prose[^1].Line, $"{_prose[^1].Text} {line.Trim()}");
    }

    private static string Anchor(string heading) =>
        NotInAnchor().Replace(Link().Replace(heading, "$1").ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInAnchor();
}
