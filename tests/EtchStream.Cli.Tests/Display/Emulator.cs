using System.Text;
using EtchStream.TestKit;

namespace EtchStream.Cli.Tests.Display;

/// <summary>A terminal that somebody else wrote: pyte, which knows what escape sequences do.</summary>
internal static class Emulator
{
    /// <summary>The system's own: another one would not find what its packages bring.</summary>
    public const string Python = "/usr/bin/python3";

    private const string Script =
        """
        import sys, pyte
        columns, rows, data = int(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer.read().decode('utf-8')
        screen = pyte.Screen(columns, rows)
        pyte.Stream(screen).feed(data)
        print('\n'.join(line.rstrip() for line in screen.display))
        print('cursor', screen.cursor.y, screen.cursor.x, 'hidden' if screen.cursor.hidden else 'shown')
        """;

    /// <summary>What a terminal shows after some output.</summary>
    /// <returns>Its lines, without the empty ones at the end, and last the cursor: <c>cursor ROW COLUMN shown</c>.</returns>
    public static List<string> Show(string output, int columns, int rows)
    {
        var shown = HostTool.Run(new HostToolCall(Python, ["-c", Script, $"{columns}", $"{rows}"])
        {
            Input = Encoding.UTF8.GetBytes(output),
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PYTHONIOENCODING"] = "utf-8" },
        }).Succeeded().Output;
        List<string> lines = [.. Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(shown)).TrimEnd('\n').Split('\n')];
        var cursor = lines[^1];
        lines.RemoveAt(lines.Count - 1);
        while (lines.Count > 0 && lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return [.. lines, cursor];
    }
}
