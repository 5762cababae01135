using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>
/// The first look at an untrusted apps.json: that it is JSON and within limits, that its text is text, that no object has two
/// members of one name. Goes forward only, without recursion; what it lets through, all later steps can read without an error.
/// </summary>
internal ref struct AppsScan
{
    private readonly AppsReport _report;
    private readonly Stack<Level> _levels = [];
    private Utf8JsonReader _reader;

    private AppsScan(ReadOnlySpan<byte> content, AppsReport report)
    {
        _report = report;
        // One deeper than allowed, so that it is us who notice, and can say so.
        _reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = AppsDocument.MaxDepth + 1 });
    }

    /// <summary>Looks through a file. Any problem reported means that it must not be read further.</summary>
    public static void Run(ReadOnlySpan<byte> content, AppsReport report)
    {
        if (content.Length > AppsDocument.MaxLength)
        {
            report.Problem(JsonPath.Root, $"the file has {content.Length} bytes; at most {AppsDocument.MaxLength} are read");
        }
        else if (content.StartsWith("\uFEFF"u8))
        {
            report.Problem(JsonPath.Root, "the file begins with a byte order mark, which the supervisor's JSON parser refuses; save it as UTF-8 without one");
        }
        else
        {
            new AppsScan(content, report).Run();
        }
    }

    private void Run()
    {
        try
        {
            while (_reader.Read())
            {
                if (!Take()) return;
            }
        }
        catch (JsonException e)
        {
            // The library's messages run over several sentences; the place is what helps.
            _report.Problem(JsonPath.Root, $"the file is not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1} of it");
        }
        catch (InvalidOperationException)
        {
            // A name that cannot be read can be no part of a path: the object it stands in is the place.
            if (_reader.TokenType == JsonTokenType.PropertyName) _levels.Pop();
            _report.Problem(Path(), "the text here is not valid Unicode: bytes that are not UTF-8, or half of a surrogate pair");
        }
    }

    private readonly JsonPath Path()
    {
        var path = JsonPath.Root;
        foreach (var level in _levels.Reverse()) path = level.In(path);
        return path;
    }

    private bool Take()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                if (!_levels.Peek().Enter(_reader.GetString()!)) _report.Problem(Path(), "the object has two members of this name, of which readers take one or the other; keep one");
                return true;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _levels.Pop();
                return true;
        }

        if (_levels.TryPeek(out var level)) level.Count();
        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            if (_reader.CurrentDepth >= AppsDocument.MaxDepth)
            {
                _report.Problem(JsonPath.Root, $"objects and arrays are nested more than {AppsDocument.MaxDepth} deep");
                return false;
            }

            _levels.Push(new Level(_reader.TokenType == JsonTokenType.StartArray));
        }
        else if (_reader.TokenType == JsonTokenType.String)
        {
            _ = _reader.GetString();
        }

        return true;
    }

    /// <summary>An object or array that is open.</summary>
    private sealed class Level(bool isArray)
    {
        private readonly HashSet<string> _names = [];
        private string? _name;
        private int _index = -1;

        public bool Enter(string name)
        {
            _name = name;
            return _names.Add(name);
        }

        public void Count() => _index++;

        public JsonPath In(JsonPath path) => isArray
            ? _index < 0 ? path : path.Item(_index)
            : _name is null ? path : path.Member(_name);
    }
}
