using System.Net;

namespace EtchStream.Oci.Http;

/// <summary>
/// Keeps loopback addresses away from the environment's proxy, to which they would mean the proxy's own machine. .NET leaves that to
/// <c>NO_PROXY</c>; other container tools do not.
/// </summary>
internal sealed class LoopbackBypass(IWebProxy inner) : IWebProxy
{
    public ICredentials? Credentials { get => inner.Credentials; set => inner.Credentials = value; }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || inner.IsBypassed(host);
}
