using System.Net.Http.Headers;
using System.Text;

namespace EtchStream.Oci.Http;

/// <summary>The Basic scheme (RFC 7617).</summary>
internal static class BasicAuthorization
{
    /// <summary>The header for a user name, which cannot have a colon in it, and a password.</summary>
    public static AuthenticationHeaderValue Of(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}
