using System.Net.Http.Headers;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Sends requests and follows redirects. Not left to HttpClient, because the <c>Authorization</c> header must not go along to another
/// host: blobs are mostly redirected to a storage provider, whose signed addresses also fail with a second credential.
/// </summary>
internal sealed class RegistryTransport : IDisposable
{
    private readonly RegistryOptions _options;
    private readonly HttpClient _checked;
    private readonly HttpClient _unchecked;

    public RegistryTransport(RegistryOptions options)
    {
        _options = options;
        _checked = HttpClients.Create(options);
        _unchecked = HttpClients.CreateUnchecked(options);
    }

    /// <summary>Sends a GET and follows its redirects; the answer's body is still to be read.</summary>
    /// <param name="endpoint">The registry, whose TLS decides whether a redirect may go without.</param>
    /// <param name="uri">The address.</param>
    /// <param name="authorization">Sent to <paramref name="uri"/>'s own host and to no other; null for none.</param>
    /// <param name="prepare">Adds further headers, for every hop.</param>
    /// <param name="what">What is asked for, in errors.</param>
    /// <param name="guard">Ends a silent connection.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<HttpResponseMessage> GetAsync(
        RegistryEndpoint endpoint, Uri uri, AuthenticationHeaderValue? authorization, Action<HttpRequestHeaders>? prepare, string what, StallGuard guard, CancellationToken cancellationToken)
    {
        var current = uri;
        for (var hop = 0; ; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, current);
            prepare?.Invoke(request.Headers);
            request.Headers.Authorization = authorization;
            var response = await SendAsync(endpoint, request, what, guard, cancellationToken).ConfigureAwait(false);
            if (!HttpAnswers.IsRedirect(response.StatusCode)) return response;
            using (response)
            {
                var status = response.StatusCode;
                if (hop == HttpAnswers.MaxRedirects) throw new RegistryException($"{what}: more than {HttpAnswers.MaxRedirects} redirects", status);
                var next = HttpAnswers.NextHop(response, current, endpoint.IsPlain, problem => new RegistryException($"{what}: {problem}", status));
                // Dropped for good: a way back to the first host does not make the detour's host trusted.
                if (!HttpAnswers.IsSameServer(current, next)) authorization = null;
                current = next;
            }
        }
    }

    /// <summary>Sends one request, as it is.</summary>
    public async Task<HttpResponseMessage> SendAsync(RegistryEndpoint endpoint, HttpRequestMessage request, string what, StallGuard guard, CancellationToken cancellationToken)
    {
        var isEndpoint = Uri.Compare(endpoint.BaseUri, request.RequestUri, UriComponents.HostAndPort, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
        var client = endpoint.SkipsCertificateCheck && isEndpoint ? _unchecked : _checked;
        try
        {
            return await guard.RunAsync(
                async token => await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (NetworkFailure.Is(e))
        {
            throw RegistryFailure.Wrap(e, what);
        }
        // The handler's own connect time-out.
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryException($"{what}: no connection within {_options.StallTimeout.TotalSeconds:0} seconds", isTransient: true, inner: e);
        }
    }

    public void Dispose()
    {
        _checked.Dispose();
        _unchecked.Dispose();
    }
}
