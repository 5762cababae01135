using System.Net;
using System.Text;

namespace EtchStream.Oci.Http;

/// <summary>What an answer's status and headers ask of the client (RFC 9110).</summary>
internal static class HttpAnswers
{
    /// <summary>Whether the same request may well get another answer later.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>A status for messages: <c>404 Not Found</c>.</summary>
    public static string Describe(HttpStatusCode status)
    {
        var words = new StringBuilder($"{(int)status} ");
        var name = status.ToString();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]) && char.IsAsciiLetterLower(name[i - 1])) words.Append(' ');
            words.Append(name[i]);
        }

        // One that has no name is its number again.
        return char.IsAsciiDigit(name[0]) ? name : words.ToString();
    }

    /// <summary>How long the server asks to wait; null where it does not.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
