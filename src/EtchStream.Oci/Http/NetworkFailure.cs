using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace EtchStream.Oci.Http;

/// <summary>What a failure of the network stack was, in words.</summary>
/// <param name="Text">One line: what happened, what the user can do.</param>
/// <param name="IsTransient">Whether it may pass.</param>
internal readonly record struct NetworkFailure(string Text, bool IsTransient)
{
    private const string OwnAuthority = "; if its certificate is from an authority of your own, give that with --ca";

    /// <summary>Whether the network stack threw it: not an error that says already what is wrong.</summary>
    public static bool Is(Exception error) =>
        error is not DigestMismatchException and not HttpTransferException and not CorruptImageException and (HttpRequestException or IOException or SocketException);

    /// <summary>Tells what passes from what stays, and finds the words.</summary>
    public static NetworkFailure Of(Exception error, ServerKind server)
    {
        if (error is StalledException) return new NetworkFailure(error.Message, IsTransient: true);
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
        // An answer in HTTP was awaited, and the connection ended or brought something else: mostly the two sides do not mean the same protocol.
        var isReset = innermost is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown };
        var isNoHttp = error is HttpRequestException && innermost is not AuthenticationException && (isReset || innermost is not SocketException)
            && kind is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded or HttpRequestError.Unknown;
        var (said, hint) = innermost switch
        {
            _ when isNoHttp => ("it closed the connection without an answer in HTTP", "; " + server.WithTls),
            AuthenticationException e => OfTls(e.Message, server),
            // With a socket's error, the client's own message has the host and port that could not be reached.
            SocketException e => (error is HttpRequestException ? error.Message : e.Message, Hint(e.SocketErrorCode, server)),
            _ => (innermost.Message, "")
        };
        return new NetworkFailure($"{Printable.Clean(said).TrimEnd('.')}{hint}", isTransient);
    }

    /// <summary>True where nothing listens at the address: a service that starts in a moment, but mostly a wrong address.</summary>
    public static bool IsRefused(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is SocketException { SocketErrorCode: SocketError.ConnectionRefused }) return true;
        }
        return false;
    }

    /// <summary>Of a handshake. The words are known by .NET's messages; what is not among them is told as it is.</summary>
    private static (string Said, string Hint) OfTls(string message, ServerKind server)
    {
        if (message.Contains("ValidationCallback", StringComparison.Ordinal)) return ("its certificate is not trusted", "; is its authority in the file given with --ca, and is the certificate for this host?");
        if (message.Contains("NameMismatch", StringComparison.Ordinal)) return ("its certificate is for another host", "; is the host's name right?");
        if (message.Contains("NotTimeValid", StringComparison.Ordinal)) return ("its certificate has expired, or is not valid yet", "; is this machine's clock right?");
        if (message.Contains("certificate chain", StringComparison.Ordinal)) return ($"its certificate is not trusted ({message[(message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.')})", OwnAuthority);
        if (message.Contains("certificate", StringComparison.OrdinalIgnoreCase)) return (message, OwnAuthority);
        return (message.Contains("frame size", StringComparison.Ordinal) ? "it does not speak TLS here" : message, "; " + server.WithoutTls);
    }

    private static string Hint(SocketError code, ServerKind server) => code switch
    {
        SocketError.ConnectionRefused => $"; is the {server.Noun} running, and are host and port right?",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "; is the host's name right, and is there a network, or a proxy to be named in HTTPS_PROXY?",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.TimedOut => "; is there a network, or a proxy to be named in HTTPS_PROXY?",
        _ => ""
    };
}
