using System.Net;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>A registry, or the way to it, did not give what was asked for.</summary>
public sealed class RegistryException : HttpTransferException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: which registry and repository, what happened, what the user can do.</param>
    /// <param name="statusCode">The HTTP status; null where no answer came.</param>
    /// <param name="codes">The error codes in the registry's answer (distribution spec, "Error Codes").</param>
    /// <param name="isTransient">Whether the same request may well succeed later.</param>
    /// <param name="retryAfter">How long the registry asked to wait, if it did.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public RegistryException(
        string message, HttpStatusCode? statusCode = null, IReadOnlyList<string>? codes = null, bool isTransient = false, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, statusCode, isTransient, retryAfter, inner)
    {
        Codes = codes ?? [];
    }

    /// <summary>The registry's error codes, such as <c>MANIFEST_UNKNOWN</c>; empty where it gave none.</summary>
    public IReadOnlyList<string> Codes { get; }
}
