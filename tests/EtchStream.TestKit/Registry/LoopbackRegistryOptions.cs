using System.Security.Cryptography.X509Certificates;

namespace EtchStream.TestKit.Registry;

/// <summary>What a loopback registry demands of its users.</summary>
public enum RegistryLogin
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A user name and password with each request.</summary>
    Basic,

    /// <summary>A token of its own token service.</summary>
    Bearer
}

/// <summary>How a loopback registry behaves.</summary>
public sealed record LoopbackRegistryOptions
{
    /// <summary>What it demands.</summary>
    public RegistryLogin Login { get; init; }

    /// <summary>The user it knows; null lets the token service give tokens to anyone.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The identity token that is as good as the password.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>The token service's address; null for the registry's own.</summary>
    public string? Realm { get; init; }

    /// <summary>The answer of the token service; {0} is the token. Null for a usual one.</summary>
    public string? TokenAnswer { get; init; }

    /// <summary>Refuses every token and password, however right.</summary>
    public bool RefusesAll { get; init; }

    /// <summary>The certificate to speak TLS with; null for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }
}
