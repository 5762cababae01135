namespace EtchStream.Archive.Signing;

/// <summary>A file that was named as a key is none that can be used.</summary>
public sealed class InvalidKeyException : IOException
{
    /// <summary>Creates the error.</summary>
    public InvalidKeyException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
