using System.Security.Cryptography;
using System.Text;
using EtchStream.Oci;

namespace EtchStream.Archive.Signing;

/// <summary>Reads PEM files of ECDSA keys on the curve P-256, as openssl makes them.</summary>
internal static class KeyFile
{
    // A key has some 250 bytes; a file of many keys, some thousand.
    private const int MaxLength = 1 << 16;

    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>The PEM blocks of a file: label and whole text of each.</summary>
    /// <exception cref="InvalidKeyException">It is empty, too long, or no PEM.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<(string Label, string Pem)> Blocks(string path)
    {
        var text = Read(path);
        List<(string, string)> blocks = [];
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var found))
        {
            var label = rest[found.Label].ToString();

            // openssl ecparam -genkey puts the curve's parameters before the key.
            if (label != "EC PARAMETERS") blocks.Add((label, rest[found.Location].ToString()));
            rest = rest[found.Location.End..];
        }

        return blocks.Count > 0 ? blocks : throw new InvalidKeyException($"{path}: it holds no key in PEM form (-----BEGIN …-----)");
    }

    private static string Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxLength) throw new InvalidKeyException($"{path}: {file.Length} bytes are too many for keys in PEM form");
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw FileFailure.Of(e, path);
        }
    }

    /// <summary>Takes a key in.</summary>
    /// <exception cref="InvalidKeyException">It is damaged, or of another kind.</exception>
    public static ECDsa Import(string path, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256) return key;
            throw new InvalidKeyException($"{path}: {Wanted}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new InvalidKeyException($"{path}: {Wanted}; it cannot be read as one, it is damaged or of another kind", e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>What is expected, for messages.</summary>
    private const string Wanted = "an ECDSA key on the curve P-256 is expected (openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256)";
}
