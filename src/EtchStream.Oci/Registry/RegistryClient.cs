using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Pulls from registries (OCI distribution spec). One client serves any number of images at once and keeps their connections and
/// tokens; the images themselves are opened as <see cref="RegistrySource"/>.
/// </summary>
public sealed class RegistryClient : IDisposable
{
    // Documents come first, and a wrong address shows in the first of them: nobody should wait half a minute for that.
    private const int FirstRefusals = 2;

    private readonly RegistryTransport _transport;
    private readonly RegistryAuthenticator _authenticator;
    private readonly ResiliencePipeline _retry;
    private readonly ConcurrentDictionary<string, RegistryEndpoint> _endpoints = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates a client. Nothing is connected yet.</summary>
    public RegistryClient(RegistryOptions? options = null)
    {
        Options = options ?? new RegistryOptions();
        _transport = new RegistryTransport(Options);
        _authenticator = new RegistryAuthenticator(_transport, Options);
        _retry = RetryPolicy.Create(Options, maxRefused: FirstRefusals);
    }

    /// <summary>How registries are reached.</summary>
    public RegistryOptions Options { get; }

    /// <summary>Opens the image that a reference names. Nothing is asked for yet.</summary>
    public RegistrySource Open(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return new RegistrySource(this, reference);
    }

    /// <summary>Fetches a small document whole, with retries.</summary>
    internal async Task<RegistryDocument> GetDocumentAsync(
        ImageReference reference, string path, IReadOnlyList<string> accept, int limit, string what, CancellationToken cancellationToken)
    {
        return await _retry.ExecuteAsync(
            async token =>
            {
                using var guard = new StallGuard(Options);
                using var response = await GetOnceAsync(reference, path, headers => AddAccept(headers, accept), what, guard, token).ConfigureAwait(false);
                if (response.StatusCode != HttpStatusCode.OK) throw await RegistryErrorBody.ReadAsync(response, what, Options, guard, token).ConfigureAwait(false);
                try
                {
                    var content = await BoundedBody.ReadAsync(response, limit, what, guard, token).ConfigureAwait(false);
                    var digest = response.Headers.TryGetValues("Docker-Content-Digest", out var values) ? values.FirstOrDefault() : null;
                    return new RegistryDocument(content, response.Content.Headers.ContentType?.MediaType, digest);
                }
                catch (Exception e) when (NetworkFailure.Is(e))
                {
                    throw RegistryFailure.Wrap(e, what);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static void AddAccept(HttpRequestHeaders headers, IReadOnlyList<string> accept)
    {
        foreach (var type in accept) headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
    }

    /// <summary>Sends one request, answering at most one challenge. A 401 that follows is given back like any other refusal.</summary>
    internal async Task<HttpResponseMessage> GetOnceAsync(
        ImageReference reference, string path, Action<HttpRequestHeaders>? prepare, string what, StallGuard guard, CancellationToken cancellationToken)
    {
        var endpoint = await FindEndpointAsync(reference.Host, guard, cancellationToken).ConfigureAwait(false);
        var uri = new Uri(endpoint.BaseUri, $"v2/{reference.Repository}/{path}");
        var authorization = _authenticator.Find(reference.Host, reference.Repository);
        var response = await _transport.GetAsync(endpoint, uri, authorization, prepare, what, guard, cancellationToken).ConfigureAwait(false);
        // Only the registry's own refusal: a storage provider's challenge is not for the registry's credentials.
        if (response.StatusCode != HttpStatusCode.Unauthorized || response.RequestMessage?.RequestUri != uri) return response;

        using (response)
        {
            authorization = await _authenticator.AnswerAsync(endpoint, reference.Repository, response, authorization, cancellationToken).ConfigureAwait(false);
        }
        return await _transport.GetAsync(endpoint, uri, authorization, prepare, what, guard, cancellationToken).ConfigureAwait(false);
    }

    // A host that may do without TLS is first tried with it: what has TLS is never spoken to in the clear.
    private async Task<RegistryEndpoint> FindEndpointAsync(string host, StallGuard guard, CancellationToken cancellationToken)
    {
        if (_endpoints.TryGetValue(host, out var known)) return known;
        var isListed = RegistryEndpoint.IsListed(host, Options.InsecureHosts);
        var endpoint = RegistryEndpoint.Secure(host, isListed);
        if (isListed || RegistryEndpoint.IsLoopback(host))
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint.BaseUri, "v2/"));
                using var response = await _transport.SendAsync(endpoint, request, host, guard, cancellationToken).ConfigureAwait(false);
            }
            catch (RegistryException e) when (!IsRefusedCertificate(e))
            {
                endpoint = endpoint.WithoutTls();
            }
        }
        return _endpoints.GetOrAdd(host, endpoint);
    }

    // It does have TLS, then; the request proper will say what is wrong with it.
    private static bool IsRefusedCertificate(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException!)
        {
            if (e is System.Security.Authentication.AuthenticationException && e.InnerException is null && e.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        _authenticator.Dispose();
        _transport.Dispose();
    }
}

/// <summary>A document as a registry served it.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">Its <c>Content-Type</c> without parameters; null where there was none.</param>
/// <param name="StatedDigest">Its <c>Docker-Content-Digest</c>; null where there was none.</param>
internal sealed record RegistryDocument(byte[] Content, string? MediaType, string? StatedDigest);
