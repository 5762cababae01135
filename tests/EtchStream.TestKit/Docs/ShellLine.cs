namespace EtchStream.TestKit.Docs;

/// <summary>Finds the calls of the program in lines of a shell, as documentation shows them.</summary>
public static class ShellLine
{
    private const string Program = "etchstream";
    private const string Operators = "|;&<>()";

    /// <summary>The arguments of each call in a block of lines.</summary>
    public static IEnumerable<IReadOnlyList<string>> Calls(IEnumerable<string> lines)
    {
        var whole = "";
        foreach (var line in lines)
        {
            var text = line.StartsWith("$ ", StringComparison.Ordinal) ? line[2..] : line;
            whole += text.EndsWith('\\') ? text[..^1] : text;
            if (text.EndsWith('\\')) continue;
            foreach (var call in Calls(whole)) yield return call;
            whole = "";
        }
    }

    /// <summary>The arguments of each call in a line.</summary>
    public static IEnumerable<IReadOnlyList<string>> Calls(string line)
    {
        List<string>? call = null;
        foreach (var word in Words(line).Append(";"))
        {
            // What a program prints begins with its name and a colon: no call, and the rest of the line is none either.
            if (word == Program + ":") yield break;
            if (call is null)
            {
                if (word == Program) call = [];
            }
            else if (word.Length == 1 && Operators.Contains(word[0], StringComparison.Ordinal))
            {
                yield return call;
                call = null;
            }
            else
            {
                call.Add(word);
            }
        }
    }

    private static IEnumerable<string> Words(string line)
    {
        var word = "";
        char? quote = null;
        var isWord = false;
        foreach (var c in line)
        {
            if (quote is not null)
            {
                if (c == quote) quote = null;
                else word += c;
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                isWord = true;
            }
            else if (c == '#' && !isWord)
            {
                yield break;
            }
            else if (c == ' ' || Operators.Contains(c, StringComparison.Ordinal))
            {
                // "2>" is an operator with a number before it.
                if (isWord && !(c == '>' && word is "1" or "2")) yield return word;
                (word, isWord) = ("", false);
                if (c != ' ') yield return c.ToString();
            }
            else
            {
                word += c;
                isWord = true;
            }
        }

        if (isWord) yield return word;
    }
}
