using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>How registries are reached.</summary>
public sealed class RegistryOptions : HttpOptions
{
    /// <summary>The user's credentials; null for anonymous access only.</summary>
    public ICredentialProvider? Credentials { get; init; }

    /// <summary>
    /// Hosts (<c>host</c> or <c>host:port</c>) whose certificate is not checked and that are spoken to over plain HTTP where they
    /// have no TLS. Loopback addresses may use plain HTTP without being listed.
    /// </summary>
    public IReadOnlyCollection<string> InsecureHosts { get; init; } = [];
}
