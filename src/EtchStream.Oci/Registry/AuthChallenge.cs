using System.Net.Http.Headers;
using System.Text;

namespace EtchStream.Oci.Registry;

/// <summary>What a registry's <c>WWW-Authenticate</c> header demands (RFC 9110, section 11.6.1; RFC 6750 for Bearer).</summary>
/// <param name="IsBearer">True for Bearer, false for Basic.</param>
/// <param name="Realm">For Bearer the address that gives tokens, unchecked.</param>
/// <param name="Service">For Bearer the name the registry has there; null where not given.</param>
internal sealed record AuthChallenge(bool IsBearer, string? Realm, string? Service)
{
    /// <summary>The challenge to answer: Bearer where offered, else Basic; null where neither is.</summary>
    public static AuthChallenge? Choose(HttpHeaderValueCollection<AuthenticationHeaderValue> challenges)
    {
        AuthChallenge? basic = null;
        foreach (var challenge in challenges)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                var parameters = ReadParameters(challenge.Parameter ?? "");
                return new AuthChallenge(IsBearer: true, parameters.GetValueOrDefault("realm"), parameters.GetValueOrDefault("service"));
            }
            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) basic = new AuthChallenge(IsBearer: false, null, null);
        }
        return basic;
    }

    // name=token or name="quoted \" text", parted by commas
    private static Dictionary<string, string> ReadParameters(string text)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < text.Length;)
        {
            var equals = text.IndexOf('=', i);
            if (equals < 0) break;
            var name = text[i..equals].Trim(' ', ',', '\t');
            var value = new StringBuilder();
            i = equals + 1;
            if (i < text.Length && text[i] == '"')
            {
                for (i++; i < text.Length && text[i] != '"'; i++)
                {
                    if (text[i] == '\\' && i + 1 < text.Length) i++;
                    value.Append(text[i]);
                }
                i++;
            }
            else
            {
                for (; i < text.Length && text[i] is not (',' or ' '); i++) value.Append(text[i]);
            }
            result[name] = value.ToString();
        }
        return result;
    }
}
