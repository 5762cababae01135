using System.Net;

namespace EtchStream.Oci.Http;

/// <summary>A server, or the way to it, did not give what was asked for.</summary>
public class HttpTransferException : HttpRequestException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: what was asked for, what happened, what the user can do.</param>
    /// <param name="statusCode">The HTTP status; null where no answer came.</param>
    /// <param name="isTransient">Whether the same request may well succeed later.</param>
    /// <param name="retryAfter">How long the server asked to wait, if it did.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public HttpTransferException(string message, HttpStatusCode? statusCode = null, bool isTransient = false, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner, statusCode)
    {
        IsTransient = isTransient;
        RetryAfter = retryAfter;
    }

    /// <summary>True for resets, time-outs, overload and other failures that pass; they were retried before this was thrown.</summary>
    public bool IsTransient { get; }

    /// <summary>How long the server asked to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; }
}
