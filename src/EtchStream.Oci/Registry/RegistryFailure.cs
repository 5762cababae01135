using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>Turns what the network stack throws into the registry client's own error.</summary>
internal static class RegistryFailure
{
    /// <summary>What errors call the other side.</summary>
    public static ServerKind Server { get; } = new("registry", "if the registry has none, name it with --insecure-registry", "is it a registry, and is the port right?");

    public static RegistryException Wrap(Exception error, string what)
    {
        var failure = NetworkFailure.Of(error, Server);
        return new RegistryException($"{what}: {failure.Text}", isTransient: failure.IsTransient, inner: error);
    }
}
