using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EtchStream.Oci.Http;

/// <summary>How servers are reached, and how patiently.</summary>
public class HttpOptions
{
    /// <summary>Certificate authorities trusted besides the system's; null for none.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>How long a connection may stay silent before it is given up and tried anew.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request that failed for a passing reason is tried again; for a long body, how often in a row without progress.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>The wait before the first retry; it doubles with each, with some jitter, up to half a minute.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait that a server may ask for; more than that is an error at once.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The proxy; null for what the environment says (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>The clock of all waits and time-outs.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Reads a PEM file with one or more certificates.</summary>
    /// <exception cref="CorruptImageException">The file holds no certificate, or a malformed one.</exception>
    public static X509Certificate2Collection LoadCertificateAuthorities(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(FileFailure.ReadAllBytes(path)));
        }
        catch (CryptographicException e)
        {
            throw new CorruptImageException(path, "a certificate in it is damaged, so that it cannot be read", e);
        }
        return certificates.Count > 0 ? certificates : throw new CorruptImageException(path, "it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
    }
}
