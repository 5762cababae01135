namespace EtchStream.Oci;

/// <summary>Content whose digest or length is not the one that was promised for it. Nothing made from it may be used.</summary>
public sealed class DigestMismatchException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="subject">What was read: <c>blob sha256:…</c>, <c>manifest of alpine:3.19</c>.</param>
    /// <param name="expected">What was promised, a digest or a length in bytes.</param>
    /// <param name="actual">What came.</param>
    /// <param name="hint">What can be done; null where nothing is known.</param>
    /// <param name="inner">The error that led to its being found; null where it was found by itself.</param>
    public DigestMismatchException(string subject, string expected, string actual, string? hint = null, Exception? inner = null)
        : base($"{subject}: expected {expected}, got {actual}{(hint is null ? "" : "; " + hint)}", inner)
    {
        Hint = hint;
        Subject = subject;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>What was read.</summary>
    public string Subject { get; }

    /// <summary>The promised digest or length.</summary>
    public string Expected { get; }

    /// <summary>The digest or length that came.</summary>
    public string Actual { get; }

    /// <summary>What can be done; null where nothing is known.</summary>
    public string? Hint { get; }
}
