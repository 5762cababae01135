using System.Net;
using System.Net.Http.Headers;

namespace EtchStream.Oci.Http;

/// <summary>
/// Follows redirects. Not left to HttpClient, because the <c>Authorization</c> header must not go along to another host, and because a
/// way that began with TLS must not go on without.
/// </summary>
internal static class Redirects
{
    /// <summary>Redirects that are followed before it is taken for a loop.</summary>
    public const int Max = 10;

    /// <summary>Sends a GET, and as many more as it takes.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="authorization">Sent to <paramref name="uri"/>'s own server and to no other; null for none.</param>
    /// <param name="prepare">Adds further headers, for every hop.</param>
    /// <param name="send">Sends one request.</param>
    /// <param name="allowsPlain">Whether the way may go on without TLS from an address.</param>
    /// <param name="fail">Makes the error where a redirect leads nowhere, or to a scheme that is not to be trusted.</param>
    /// <returns>The first answer that is no redirect; its body is still to be read.</returns>
    public static async Task<HttpResponseMessage> FollowAsync(
        Uri uri, AuthenticationHeaderValue? authorization, Action<HttpRequestHeaders>? prepare, Func<HttpRequestMessage, Task<HttpResponseMessage>> send,
        Func<Uri, bool> allowsPlain, Func<string, HttpStatusCode, HttpTransferException> fail)
    {
        var current = uri;
        for (var hop = 0; ; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, current);
            prepare?.Invoke(request.Headers);
            request.Headers.Authorization = authorization;
            var response = await send(request).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode)) return response;
            using (response)
            {
                if (hop == Max) throw fail($"more than {Max} redirects", response.StatusCode);
                var location = response.Headers.Location ?? throw fail("a redirect without an address", response.StatusCode);
                var next = location.IsAbsoluteUri ? location : new Uri(current, location);
                var isAllowed = next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && allowsPlain(current));
                if (!isAllowed) throw fail($"refused to follow a redirect from {current.Scheme} to {Printable.Clean(next.Scheme)}", response.StatusCode);
                // Dropped for good: a way back to the first host does not make the detour's host trusted.
                if (!IsSameServer(current, next)) authorization = null;
                current = next;
            }
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool IsSameServer(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
