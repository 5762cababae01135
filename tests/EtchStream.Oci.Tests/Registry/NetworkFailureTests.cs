using System.Net.Sockets;
using System.Security.Authentication;
using EtchStream.Oci.Http;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

/// <summary>The words for what the network stack throws; what it really throws for most of them, the tests with a server show.</summary>
public class NetworkFailureTests
{
    private static readonly ServerKind s_server = new("server", "WITHOUT TLS", "WITH TLS");

    public static TheoryData<Exception, string> Failures => new()
    {
        { Request(HttpRequestError.ConnectionError, new SocketException((int)SocketError.ConnectionRefused)), "asked (host:1); is the server running, and are host and port right?" },
        { Request(HttpRequestError.NameResolutionError, new SocketException((int)SocketError.HostNotFound)), "asked (host:1); is the host's name right, and is there a network, or a proxy to be named in HTTPS_PROXY?" },
        { Request(HttpRequestError.Unknown, new IOException("x", new SocketException((int)SocketError.ConnectionReset))), "it closed the connection without an answer in HTTP; WITH TLS" },
        { Request(HttpRequestError.ResponseEnded, new IOException("x")), "it closed the connection without an answer in HTTP; WITH TLS" },
        { Request(HttpRequestError.InvalidResponse, null), "it closed the connection without an answer in HTTP; WITH TLS" },
        { Request(HttpRequestError.SecureConnectionError, new AuthenticationException("Cannot determine the frame size or a corrupted frame was received.")), "it does not speak TLS here; WITHOUT TLS" },
        { Request(HttpRequestError.SecureConnectionError, new AuthenticationException("The remote party sent a TLS alert: 'HandshakeFailure'.")), "The remote party sent a TLS alert: 'HandshakeFailure'; WITHOUT TLS" },
        { Request(HttpRequestError.SecureConnectionError, new AuthenticationException("The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot")), "its certificate is not trusted (UntrustedRoot); if its certificate is from an authority of your own, give that with --ca" },
        { Request(HttpRequestError.SecureConnectionError, new AuthenticationException("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid")), "its certificate has expired, or is not valid yet; is this machine's clock right?" },
        { Request(HttpRequestError.SecureConnectionError, new AuthenticationException("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch")), "its certificate is for another host; is the host's name right?" },
        { new IOException("broken"), "broken" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_has_its_words(Exception error, string expected) => Assert.Equal(expected, NetworkFailure.Of(error, s_server).Text);

    [Theory]
    [InlineData(404, "404 Not Found")]
    [InlineData(429, "429 Too Many Requests")]
    [InlineData(505, "505 Http Version Not Supported")]
    [InlineData(200, "200 OK")]
    [InlineData(499, "499")]
    public void A_status_is_a_number_and_words(int status, string expected) => Assert.Equal(expected, HttpAnswers.Describe((System.Net.HttpStatusCode)status));

    private static HttpRequestException Request(HttpRequestError kind, Exception? inner) => new(kind, "asked (host:1)", inner);
}
