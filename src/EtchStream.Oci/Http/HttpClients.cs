using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EtchStream.Oci.Http;

/// <summary>Makes clients that give the bytes as they were sent, follow no redirect by themselves and trust whom the options say.</summary>
internal static class HttpClients
{
    /// <summary>A client that checks certificates, against the user's authorities too.</summary>
    public static HttpClient Create(HttpOptions options) =>
        Create(options, options.CertificateAuthorities is { } authorities ? (_, certificate, chain, errors) => IsTrusted(authorities, certificate, chain, errors) : null);

    /// <summary>A client that takes any certificate, for hosts of which the user said so.</summary>
    public static HttpClient CreateUnchecked(HttpOptions options) =>
#pragma warning disable MA0039, CA5359 // Asked for by the user, for the hosts listed and no other
        Create(options, static (_, _, _, _) => true);
#pragma warning restore MA0039, CA5359

    private static HttpClient Create(HttpOptions options, RemoteCertificateValidationCallback? validation)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None, // digests and ranges are over the bytes as sent
            UseCookies = false,
            ConnectTimeout = options.StallTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            Proxy = options.Proxy ?? new LoopbackBypass(HttpClient.DefaultProxy),
            SslOptions = { RemoteCertificateValidationCallback = validation }
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("etchstream", typeof(HttpClients).Assembly.GetName().Version?.ToString(3)));
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
}
