using EtchStream.Oci.Http;

namespace EtchStream.Unpack.Http;

/// <summary>How an archive is fetched from a web server.</summary>
public sealed class HttpInputOptions : HttpOptions
{
    /// <summary>Where user names and passwords are found that the address does not give; null for nowhere.</summary>
    public NetrcFile? Netrc { get; init; }
}
