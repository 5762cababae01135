namespace EtchStream.Archive.Signing;

/// <summary>An archive is not signed, or not by a key that is trusted.</summary>
public sealed class UntrustedArchiveException : IOException
{
    /// <summary>Creates the error.</summary>
    public UntrustedArchiveException(string message)
        : base(message)
    {
    }
}
