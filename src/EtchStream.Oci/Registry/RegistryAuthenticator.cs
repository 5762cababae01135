using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Answers a registry's challenges: Basic with the user's credentials, Bearer with a token from the realm it names (distribution
/// spec, "Token Authentication Specification" and "OAuth 2 Token Authentication"). Tokens are for pulling from one repository and are
/// kept until shortly before they expire.
/// </summary>
internal sealed class RegistryAuthenticator(RegistryTransport transport, RegistryOptions options) : IDisposable
{
    private const int MaxTokenAnswer = 1 << 20;
    private const long DefaultLifetime = 60;
    private const long MaxLifetime = 24 * 60 * 60;
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Host, string Repository), Grant> _grants = new();
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>The header to send at once; null where none is known yet or it has expired.</summary>
    public AuthenticationHeaderValue? Find(string host, string repository) =>
        _grants.TryGetValue((host, repository), out var grant) && grant.Expires > options.TimeProvider.GetUtcNow() ? grant.Header : null;

    /// <summary>Answers a 401.</summary>
    /// <param name="endpoint">The registry that sent it.</param>
    /// <param name="repository">The repository asked for.</param>
    /// <param name="refused">The 401.</param>
    /// <param name="used">The header that was refused; null for none.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The header to try next.</returns>
    /// <exception cref="RegistryException">There is nothing to try.</exception>
    public async Task<AuthenticationHeaderValue> AnswerAsync(
        RegistryEndpoint endpoint, string repository, HttpResponseMessage refused, AuthenticationHeaderValue? used, CancellationToken cancellationToken)
    {
        // One at a time: many parallel requests meet the same expired token, and one new one does for all.
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Find(endpoint.Host, repository) is { } newer && !newer.Equals(used)) return newer;
            var challenge = AuthChallenge.Choose(refused.Headers.WwwAuthenticate)
                ?? throw new RegistryException($"{endpoint.Host} asks for credentials in a way that is not known; Basic and Bearer are", refused.StatusCode);
            var credential = options.Credentials is null ? null : await options.Credentials.FindAsync(endpoint.Host, repository, cancellationToken).ConfigureAwait(false);
            var grant = challenge.IsBearer
                ? await FetchTokenAsync(endpoint, repository, challenge, credential, cancellationToken).ConfigureAwait(false)
                : new Grant(BasicHeader(endpoint, credential), DateTimeOffset.MaxValue);
            _grants[(endpoint.Host, repository)] = grant;
            return grant.Header;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static AuthenticationHeaderValue BasicHeader(RegistryEndpoint endpoint, RegistryCredential? credential) => credential switch
    {
        null => throw new RegistryException($"{endpoint.Host} asks for a user name and password; log in with docker login, or give credentials with --registry-config", HttpStatusCode.Unauthorized),
        { IsIdentityToken: true } => throw new RegistryException($"{endpoint.Host} asks for a user name and password, but there is only an identity token for it", HttpStatusCode.Unauthorized),
        _ => BasicHeader(credential)
    };

    private static AuthenticationHeaderValue BasicHeader(RegistryCredential credential) =>
        BasicAuthorization.Of(credential.UserName, credential.Secret);

    private async Task<Grant> FetchTokenAsync(RegistryEndpoint endpoint, string repository, AuthChallenge challenge, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        var realm = CheckRealm(endpoint, challenge.Realm);
        var what = $"token for {endpoint.Host}/{repository} from {realm.Host}";
        // The scope is this client's own, not the challenge's: a registry has no say in what the user's name is used for.
        var scope = $"repository:{repository}:pull";
        var now = options.TimeProvider.GetUtcNow();
        using var guard = new StallGuard(options);
        using var response = credential is { IsIdentityToken: true }
            ? await ExchangeAsync(endpoint, realm, challenge.Service, scope, credential, what, guard, cancellationToken).ConfigureAwait(false)
            : await transport.GetAsync(
                endpoint, WithQuery(realm, challenge.Service, scope), credential is null ? null : BasicHeader(credential), prepare: null, what, guard, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw await RegistryErrorBody.ReadAsync(response, what, options, guard, cancellationToken).ConfigureAwait(false);
        try
        {
            return Read(await BoundedBody.ReadAsync(response, MaxTokenAnswer, what, guard, cancellationToken).ConfigureAwait(false), what, now);
        }
        catch (Exception e) when (NetworkFailure.Is(e))
        {
            throw RegistryFailure.Wrap(e, what);
        }
    }

    private static Uri CheckRealm(RegistryEndpoint endpoint, string? realm)
    {
        if (!Uri.TryCreate(realm, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new RegistryException($"{endpoint.Host} names no valid address for tokens: {Printable.Quote(realm)}", HttpStatusCode.Unauthorized);
        var isAllowed = string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || (endpoint.IsPlain && string.Equals(uri.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal));
        return isAllowed ? uri : throw new RegistryException(
            $"{endpoint.Host} wants credentials to be sent to {Printable.Quote(realm)}, which is not https; refused", HttpStatusCode.Unauthorized);
    }

    private static Uri WithQuery(Uri realm, string? service, string scope)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        if (query.Length > 0) query.Append('&');
        if (!string.IsNullOrEmpty(service)) query.Append("service=").Append(Uri.EscapeDataString(service)).Append('&');
        query.Append("scope=").Append(Uri.EscapeDataString(scope));
        return new UriBuilder(realm) { Query = query.ToString(), Fragment = "", UserName = "", Password = "" }.Uri;
    }

    // Not redirected: the token would go along in the body.
    private async Task<HttpResponseMessage> ExchangeAsync(
        RegistryEndpoint endpoint, Uri realm, string? service, string scope, RegistryCredential credential, string what, StallGuard guard, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, realm)
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "refresh_token"),
                new("service", service ?? ""),
                new("scope", scope),
                new("client_id", "etchstream"),
                new("refresh_token", credential.Secret)
            ])
        };
        return await transport.SendAsync(endpoint, request, what, guard, cancellationToken).ConfigureAwait(false);
    }

    private static Grant Read(byte[] answer, string what, DateTimeOffset now)
    {
        using var document = JsonReading.Parse(answer, what, unique: false);
        var root = document.RootElement;
        var token = root.OptionalString("token", what) is { Length: > 0 } given ? given : root.OptionalString("access_token", what);
        if (string.IsNullOrEmpty(token)) throw new CorruptImageException(what, "the answer has no token");
        // Only what RFC 6750, section 2.1, lets a token consist of; a line break would end the header.
        foreach (var c in token)
        {
            if (c is <= ' ' or > '~') throw new CorruptImageException(what, "the token has characters that no token has");
        }
        var lifetime = Math.Clamp(root.OptionalInteger("expires_in", what) ?? DefaultLifetime, 0, MaxLifetime);
        return new Grant(new AuthenticationHeaderValue("Bearer", token), now + TimeSpan.FromSeconds(lifetime) - s_margin);
    }

    public void Dispose() => _gate.Dispose();

    private sealed record Grant(AuthenticationHeaderValue Header, DateTimeOffset Expires);
}
