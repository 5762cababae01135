namespace EtchStream.TestKit.Registry;

/// <summary>How an answer ends before its content does.</summary>
public enum CutKind
{
    /// <summary>The connection is reset.</summary>
    Reset,

    /// <summary>The answer, without a length, ends as if it were complete.</summary>
    End,

    /// <summary>Nothing more comes, and the connection stays open.</summary>
    Hang
}

/// <summary>One way in which an answer of the loopback registry is wrong. What is left out is as it should be.</summary>
public sealed record Fault
{
    /// <summary>Answer with this status instead; the content is <see cref="Body"/>.</summary>
    public int? Status { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Content that goes with <see cref="Status"/>.</summary>
    public string Body { get; init; } = "";

    /// <summary>Changes the content.</summary>
    public Func<byte[], byte[]>? Change { get; init; }

    /// <summary>Ends the answer after so many bytes of the content sent.</summary>
    public int? CutAfter { get; init; }

    /// <summary>How it ends there.</summary>
    public CutKind Cut { get; init; }

    /// <summary>Sends the content without a length.</summary>
    public bool HidesLength { get; init; }

    /// <summary>Waits so long before the answer.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Sends all of it although a range was asked for.</summary>
    public bool IgnoresRange { get; init; }

    public static Fault Answer(int status, string body = "", string? retryAfter = null) => new()
    {
        Status = status,
        Body = body,
        Headers = retryAfter is null ? new Dictionary<string, string>(StringComparer.Ordinal) : new(StringComparer.Ordinal) { ["Retry-After"] = retryAfter }
    };

    public static Fault Redirect(string location, int status = 307) =>
        new() { Status = status, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Location"] = location } };

    public static Fault ResetAfter(int bytes) => new() { CutAfter = bytes, Cut = CutKind.Reset };

    public static Fault EndAfter(int bytes) => new() { CutAfter = bytes, Cut = CutKind.End, HidesLength = true };

    public static Fault HangAfter(int bytes) => new() { CutAfter = bytes, Cut = CutKind.Hang };

    /// <summary>Flips one bit, counted from the start of the whole content.</summary>
    public static Fault FlipBit(int offset) => new()
    {
        Change = content =>
        {
            var changed = (byte[])content.Clone();
            changed[offset] ^= 1;
            return changed;
        }
    };

    public static Fault Append(int bytes, bool hidesLength) => new() { Change = content => [.. content, .. new byte[bytes]], HidesLength = hidesLength };

    public static Fault ContentType(string type) => new() { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = type } };
}
