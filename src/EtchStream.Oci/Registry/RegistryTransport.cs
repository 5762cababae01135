using System.Net.Http.Headers;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Sends requests to registries and follows where they lead: blobs are mostly redirected to a storage provider, whose signed addresses
/// fail with a second credential.
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
    public Task<HttpResponseMessage> GetAsync(
        RegistryEndpoint endpoint, Uri uri, AuthenticationHeaderValue? authorization, Action<HttpRequestHeaders>? prepare, string what, StallGuard guard, CancellationToken cancellationToken) =>
        Redirects.FollowAsync(
            uri, authorization, prepare, request => SendAsync(endpoint, request, what, guard, cancellationToken), _ => endpoint.IsPlain,
            (problem, status) => new RegistryException($"{what}: {problem}", status));

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
