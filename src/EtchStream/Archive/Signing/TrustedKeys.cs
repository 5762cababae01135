using System.Security.Cryptography;

namespace EtchStream.Archive.Signing;

/// <summary>The public keys of which one has to have signed an archive.</summary>
public sealed class TrustedKeys : IDisposable
{
    private readonly List<(string Path, ECDsa Key)> _keys = [];

    /// <summary>Reads public keys; a file may hold several, one behind the other.</summary>
    /// <exception cref="InvalidKeyException">A file holds something else.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static TrustedKeys Open(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var keys = new TrustedKeys();
        try
        {
            foreach (var path in paths)
            {
                foreach (var (label, pem) in KeyFile.Blocks(path))
                {
                    if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)) throw new InvalidKeyException($"{path}: it is a private key, which has no place where archives are checked; give the public one (openssl pkey -in {path} -pubout)");
                    if (label != "PUBLIC KEY") throw new InvalidKeyException($"{path}: a public key is expected, it is a {label.ToLowerInvariant()}");
                    keys._keys.Add((path, KeyFile.Import(path, pem)));
                }
            }

            return keys;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>Checks a trailer's signature.</summary>
    /// <param name="input">What messages call the archive.</param>
    /// <param name="trailer">The trailer's bytes; null where there is none.</param>
    /// <param name="signature">Its signature, in DER; null where there is none.</param>
    /// <returns>The file of the key that made it.</returns>
    /// <exception cref="UntrustedArchiveException">None of the keys made it.</exception>
    public string Verify(string input, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> signature)
    {
        if (trailer.IsEmpty || signature.IsEmpty) throw new UntrustedArchiveException($"{input}: it is not signed, and only a signed archive is to be taken (--trusted-key); sign it with 'etchstream pack --sign'");
        foreach (var (path, key) in _keys)
        {
            if (key.VerifyData(trailer, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) return path;
        }

        throw new UntrustedArchiveException($"{input}: its signature was made by none of the trusted keys, or the archive was altered");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, key) in _keys) key.Dispose();
    }
}
