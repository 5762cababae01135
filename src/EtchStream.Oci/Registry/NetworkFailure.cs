using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace EtchStream.Oci.Registry;

/// <summary>Turns what the network stack throws into the library's own error, and tells what passes from what stays.</summary>
internal static class NetworkFailure
{
    public static bool IsFailure(Exception error) =>
        error is not DigestMismatchException and not RegistryException and not CorruptImageException and (HttpRequestException or IOException or SocketException);

    public static RegistryException Wrap(Exception error, string what)
    {
        var innermost = error;
        while (innermost.InnerException is not null) innermost = innermost.InnerException;
        var kind = (error as HttpRequestException)?.HttpRequestError ?? (error as HttpIOException)?.HttpRequestError;
        var isTransient = kind switch
        {
            // A name that does not exist stays that way; a name server that is out of reach may come back.
            HttpRequestError.NameResolutionError => innermost is SocketException { SocketErrorCode: SocketError.TryAgain },
            // A handshake may be reset like any connection, but a refused certificate is refused again.
            HttpRequestError.SecureConnectionError => innermost is SocketException or IOException,
            HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.UserAuthenticationError or HttpRequestError.VersionNegotiationError => false,
            _ => true
        };
        var hint = innermost is not AuthenticationException ? ""
            : innermost.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase) ? "; if its certificate is from an authority of your own, give that with --ca"
            : "; if the registry has no TLS, name it with --insecure-registry";
        return new RegistryException($"{what}: {Printable.Clean(innermost.Message)}{hint}", isTransient: isTransient, inner: error);
    }

    public static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
