using System.Security.Cryptography;

namespace EtchStream.Archive.Signing;

/// <summary>
/// The private key that signs archives. What is signed are the bytes of the trailer, whose digest covers all before it; the signature is
/// what <c>openssl dgst -sha256 -sign</c> gives: ECDSA over SHA-256, in DER.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    private SigningKey(ECDsa key) => _key = key;

    /// <summary>Reads a private key, PKCS #8 or SEC 1, not encrypted.</summary>
    /// <exception cref="InvalidKeyException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SigningKey Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var blocks = KeyFile.Blocks(path);
        if (blocks is not [var (label, pem)]) throw new InvalidKeyException($"{path}: it holds {blocks.Count} keys; one is expected");
        if (label == "ENCRYPTED PRIVATE KEY" || pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)) throw new InvalidKeyException($"{path}: the key is encrypted; decrypt it (openssl pkey -in {path} -out FILE)");
        if (label is not ("PRIVATE KEY" or "EC PRIVATE KEY")) throw new InvalidKeyException($"{path}: a private key is expected to sign with, it is a {label.ToLowerInvariant()}");
        return new SigningKey(KeyFile.Import(path, pem));
    }

    /// <summary>Signs a trailer.</summary>
    public byte[] Sign(ReadOnlySpan<byte> trailer) => _key.SignData(trailer, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
