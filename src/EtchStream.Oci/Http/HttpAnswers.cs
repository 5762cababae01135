using System.Net;

namespace EtchStream.Oci.Http;

/// <summary>What an answer's status and headers ask of the client (RFC 9110).</summary>
internal static class HttpAnswers
{
    /// <summary>Redirects that are followed before it is taken for a loop.</summary>
    public const int MaxRedirects = 10;

    /// <summary>Whether the same request may well get another answer later.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Whether it sends the client to another address.</summary>
    public static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Where a redirect leads.</summary>
    /// <param name="response">The redirect.</param>
    /// <param name="current">The address that answered.</param>
    /// <param name="allowsPlain">Whether the way may go on without TLS.</param>
    /// <param name="fail">Makes the error where it leads nowhere, or to a scheme that is not to be trusted.</param>
    public static Uri NextHop(HttpResponseMessage response, Uri current, bool allowsPlain, Func<string, HttpTransferException> fail)
    {
        var location = response.Headers.Location ?? throw fail("a redirect without an address");
        var next = location.IsAbsoluteUri ? location : new Uri(current, location);
        var isAllowed = string.Equals(next.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || (allowsPlain && string.Equals(next.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal));
        return isAllowed ? next : throw fail($"refused to follow a redirect from {current.Scheme} to {Printable.Clean(next.Scheme)}");
    }

    /// <summary>Whether two addresses belong to one server, for which the same credentials are meant.</summary>
    public static bool IsSameServer(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>How long the server asks to wait; null where it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
