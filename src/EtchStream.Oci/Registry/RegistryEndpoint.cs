using System.Net;

namespace EtchStream.Oci.Registry;

/// <summary>Where a host's registry is: its base address, and whether its certificate counts.</summary>
/// <param name="Host">The host as in references.</param>
/// <param name="BaseUri">Scheme, host and port.</param>
/// <param name="SkipsCertificateCheck">True for a host that the user listed as insecure.</param>
internal sealed record RegistryEndpoint(string Host, Uri BaseUri, bool SkipsCertificateCheck)
{
    // Docker Hub's registry does not answer under the name that references have.
    private const string HubRegistry = "registry-1.docker.io";

    /// <summary>True where the connection has no TLS.</summary>
    public bool IsPlain => string.Equals(BaseUri.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal);

    public static RegistryEndpoint Secure(string host, bool skipsCertificateCheck) => Create(Uri.UriSchemeHttps, host, skipsCertificateCheck);

    public RegistryEndpoint WithoutTls() => Create(Uri.UriSchemeHttp, Host, SkipsCertificateCheck);

    private static RegistryEndpoint Create(string scheme, string host, bool skipsCertificateCheck)
    {
        var name = string.Equals(host, ImageReference.DockerHub, StringComparison.Ordinal) ? HubRegistry : host;
        return new RegistryEndpoint(host, new Uri($"{scheme}://{name}/"), skipsCertificateCheck);
    }

    /// <summary>True where a listed entry, with or without a port, names this host.</summary>
    public static bool IsListed(string host, IReadOnlyCollection<string> hosts) =>
        hosts.Any(listed => listed.Equals(host, StringComparison.OrdinalIgnoreCase) || listed.Equals(NameOf(host), StringComparison.OrdinalIgnoreCase));

    /// <summary>True for <c>localhost</c> and the loopback addresses.</summary>
    public static bool IsLoopback(string host)
    {
        var name = NameOf(host);
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private static string NameOf(string host) => host.LastIndexOf(':') is var colon && colon > host.LastIndexOf(']') ? host[..colon] : host;
}
