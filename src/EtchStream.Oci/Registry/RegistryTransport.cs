using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Sends requests and follows redirects. Not left to HttpClient, because the <c>Authorization</c> header must not go along to another
/// host: blobs are mostly redirected to a storage provider, whose signed addresses also fail with a second credential.
/// </summary>
internal sealed class RegistryTransport : IDisposable
{
    private const int MaxRedirects = 10;

    private readonly RegistryOptions _options;
    private readonly HttpClient _checked;
    private readonly HttpClient _unchecked;

    public RegistryTransport(RegistryOptions options)
    {
        _options = options;
        _checked = CreateClient(options.CertificateAuthorities is { } authorities ? (_, certificate, chain, errors) => IsTrusted(authorities, certificate, chain, errors) : null);
#pragma warning disable MA0039, CA5359 // Asked for by the user, for the hosts listed and no other
        _unchecked = CreateClient(static (_, _, _, _) => true);
#pragma warning restore MA0039, CA5359
    }

    private HttpClient CreateClient(RemoteCertificateValidationCallback? validation)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None, // digests are over the bytes as sent
            UseCookies = false,
            ConnectTimeout = _options.StallTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            Proxy = _options.Proxy ?? new LoopbackBypass(HttpClient.DefaultProxy),
            SslOptions = { RemoteCertificateValidationCallback = validation }
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("etchstream", typeof(RegistryTransport).Assembly.GetName().Version?.ToString(3)));
        return client;
    }

    // The system's authorities have already been asked; only a chain they do not know is built again, with the user's.
    private static bool IsTrusted(X509Certificate2Collection authorities, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf || chain is null) return false;
        using var own = new X509Chain();
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        foreach (var element in chain.ChainElements) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1")); // server authentication
        return own.Build(leaf);
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
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return response;
            }

            using (response)
            {
                if (hop == MaxRedirects) throw new RegistryException($"{what}: more than {MaxRedirects} redirects", response.StatusCode);
                var next = NextHop(endpoint, current, response, what);
                // Dropped for good: a way back to the first host does not make the detour's host trusted.
                if (Uri.Compare(current, next, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0) authorization = null;
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
                async token => await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false), what, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (NetworkFailure.IsFailure(e))
        {
            throw NetworkFailure.Wrap(e, what);
        }
        // The handler's own connect time-out.
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryException($"{what}: no connection within {_options.StallTimeout.TotalSeconds:0} seconds", isTransient: true, inner: e);
        }
    }

    private static Uri NextHop(RegistryEndpoint endpoint, Uri current, HttpResponseMessage response, string what)
    {
        var location = response.Headers.Location ?? throw new RegistryException($"{what}: a redirect without an address", response.StatusCode);
        var next = location.IsAbsoluteUri ? location : new Uri(current, location);
        var isAllowed = string.Equals(next.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || (endpoint.IsPlain && string.Equals(next.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal));
        return isAllowed ? next : throw new RegistryException($"{what}: refused to follow a redirect from {current.Scheme} to {Printable.Clean(next.Scheme)}", response.StatusCode);
    }

    public void Dispose()
    {
        _checked.Dispose();
        _unchecked.Dispose();
    }
}
