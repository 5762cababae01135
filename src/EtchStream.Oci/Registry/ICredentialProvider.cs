namespace EtchStream.Oci.Registry;

/// <summary>Finds the user's credentials for a registry. Asked only once a registry has demanded some.</summary>
public interface ICredentialProvider
{
    /// <summary>The credentials for a repository; null where there are none, and anonymous access is tried.</summary>
    /// <param name="host">Registry host as in references: <c>docker.io</c>, <c>ghcr.io</c>, <c>localhost:5000</c>.</param>
    /// <param name="repository">Repository on that host.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    Task<RegistryCredential?> FindAsync(string host, string repository, CancellationToken cancellationToken);
}
