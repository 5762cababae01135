namespace EtchStream.Oci.Registry;

/// <summary>What a registry knows a user by.</summary>
public sealed class RegistryCredential
{
    private RegistryCredential(string userName, string secret, bool isIdentityToken)
    {
        UserName = userName;
        Secret = secret;
        IsIdentityToken = isIdentityToken;
    }

    /// <summary>User name; empty for an identity token.</summary>
    public string UserName { get; }

    /// <summary>Password, or the identity token.</summary>
    public string Secret { get; }

    /// <summary>True where <see cref="Secret"/> is an OAuth 2 refresh token, which is exchanged for access tokens.</summary>
    public bool IsIdentityToken { get; }

    /// <summary>A user name and password.</summary>
    public static RegistryCredential Password(string userName, string password) => new(userName, password, isIdentityToken: false);

    /// <summary>An identity token.</summary>
    public static RegistryCredential IdentityToken(string token) => new("", token, isIdentityToken: true);

    /// <summary>The user name only: a secret has no business in a log.</summary>
    public override string ToString() => IsIdentityToken ? "identity token" : $"user {Printable.Clean(UserName)}";
}
