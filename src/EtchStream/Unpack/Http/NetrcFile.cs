using System.Text;
using EtchStream.Oci;

namespace EtchStream.Unpack.Http;

/// <summary>
/// User names and passwords by host, in the file that ftp, curl and git share: words, of which <c>machine</c> and <c>default</c> begin
/// an entry. A password can be put in double quotes.
/// </summary>
public sealed class NetrcFile
{
    private readonly List<Entry> _entries = [];

    private NetrcFile()
    {
    }

    /// <summary>Reads the file that <c>NETRC</c> names, or <c>.netrc</c> (Windows: <c>_netrc</c>) in the user's folder; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or <c>NETRC</c> names one that is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static NetrcFile? LoadDefault()
    {
        var named = Environment.GetEnvironmentVariable("NETRC");
        if (!string.IsNullOrEmpty(named)) return Load(named);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length == 0) return null;
        var path = Path.Combine(home, OperatingSystem.IsWindows() ? "_netrc" : ".netrc");
        return File.Exists(path) ? Load(path) : null;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static NetrcFile Load(string path)
    {
        return Parse(Encoding.UTF8.GetString(FileFailure.ReadAllBytes(path)));
    }

    /// <summary>Reads a file's text. Words that are not known are passed over, as the other programs do.</summary>
    public static NetrcFile Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var file = new NetrcFile();
        var words = new Words(text);
        Entry? entry = null;
        while (words.Next() is { } word)
        {
            switch (word)
            {
                case "machine":
                    file._entries.Add(entry = new Entry(words.Next()));
                    break;
                case "default":
                    file._entries.Add(entry = new Entry(Host: null));
                    break;
                case "login":
                    entry?.User = words.Next();
                    break;
                case "password":
                    entry?.Password = words.Next();
                    break;
                case "account":
                    words.Next();
                    break;
                case "macdef":
                    words.SkipToEmptyLine();
                    break;
            }
        }

        return file;
    }

    /// <summary>The first entry for a host, and for a user where one is asked for; <c>default</c> is for all hosts.</summary>
    internal (string User, string Password)? Find(string host, string? user)
    {
        foreach (var entry in _entries)
        {
            if (entry.Host is not null && !string.Equals(entry.Host, host, StringComparison.OrdinalIgnoreCase)) continue;
            if (user is not null && entry.User is not null && entry.User != user) continue;
            if ((user ?? entry.User) is { } name && entry.Password is { } password) return (name, password);
        }

        return null;
    }

    private sealed record Entry(string? Host)
    {
        public string? User { get; set; }

        public string? Password { get; set; }

        // Not the record's own text, which would have the password in it.
        public override string ToString() => Host ?? "default";
    }

    private sealed class Words(string text)
    {
        private int _at;

        public string? Next()
        {
            while (_at < text.Length)
            {
                if (char.IsWhiteSpace(text[_at])) _at++;
                else if (text[_at] == '#') SkipLine();
                else break;
            }

            if (_at == text.Length) return null;
            return text[_at] == '"' ? Quoted() : Plain();
        }

        public void SkipToEmptyLine()
        {
            var end = text.Replace("\r\n", "\n\n", StringComparison.Ordinal).IndexOf("\n\n", _at, StringComparison.Ordinal);
            _at = end < 0 ? text.Length : end;
        }

        private void SkipLine()
        {
            var end = text.IndexOf('\n', _at);
            _at = end < 0 ? text.Length : end;
        }

        private string Plain()
        {
            var start = _at;
            while (_at < text.Length && !char.IsWhiteSpace(text[_at])) _at++;
            return text[start.._at];
        }

        private string Quoted()
        {
            var word = new System.Text.StringBuilder();
            for (_at++; _at < text.Length && text[_at] != '"'; _at++)
            {
                if (text[_at] == '\\' && _at + 1 < text.Length) _at++;
                word.Append(text[_at]);
            }

            if (_at < text.Length) _at++;
            return word.ToString();
        }
    }
}
