namespace EtchStream.Formats.Tar;

/// <summary>Walks the records of an extended header: <c>"%d %s=%s\n"</c>, the length counting the whole record (POSIX.1 pax, "pax Extended Header").</summary>
internal ref struct PaxRecords
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly long _position;
    private int _next;

    /// <summary>Starts at the first record.</summary>
    /// <param name="data">The extended header's content.</param>
    /// <param name="position">Where that lies in the archive.</param>
    public PaxRecords(ReadOnlySpan<byte> data, long position)
    {
        _data = data;
        _position = position;
    }

    /// <summary>The record's keyword.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The record's value: any bytes, line ends and NULs among them.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the record lies in the archive.</summary>
    public long Position { get; private set; }

    /// <summary>Moves to the next record.</summary>
    public bool MoveNext()
    {
        if (_next == _data.Length) return false;
        Position = _position + _next;
        var rest = _data[_next..];

        // Eight digits say more than an extended header may hold, so that the length cannot overflow.
        int length = 0, digits = 0;
        while (digits < rest.Length && digits <= 8 && char.IsAsciiDigit((char)rest[digits]))
        {
            length = (length * 10) + (rest[digits] - '0');
            digits++;
        }

        if (digits is 0 or > 8 || digits == rest.Length || rest[digits] != ' ') throw Corrupt("it does not begin with a length");
        if (length > rest.Length) throw Corrupt($"it is {length} bytes long, but the extended header ends after {rest.Length}");
        if (length < digits + 3 || rest[length - 1] != '\n') throw Corrupt($"its length {length} does not lead to the end of a line");

        var body = rest[(digits + 1)..(length - 1)];
        var equals = body.IndexOf((byte)'=');
        if (equals <= 0) throw Corrupt("it has no keyword");
        Key = body[..equals];
        Value = body[(equals + 1)..];
        _next += length;
        return true;
    }

    private readonly CorruptFormatException Corrupt(string problem) => new("tar extended header record", Position, problem);
}
