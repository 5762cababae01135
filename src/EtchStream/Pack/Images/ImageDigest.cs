using System.Security.Cryptography;
using EtchStream.Archive;
using EtchStream.Sources;

namespace EtchStream.Pack.Images;

/// <summary>
/// The SHA-256 of a raw image, holes as the zeros they stand for. It reads the file by itself, beside the stages that pack it: an image
/// is mostly holes, which take no time to pack but as long as anything else to hash.
/// </summary>
internal static class ImageDigest
{
    private static readonly byte[] Zeros = new byte[1 << 20];

    /// <summary>Computes it.</summary>
    /// <exception cref="IOException">The image cannot be read, or was changed since it was opened.</exception>
    public static TrailerDigest Compute(ImageFile image, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long position = 0;
        while (position < image.Length)
        {
            var data = image.NextData(position);
            for (var end = data?.Offset ?? image.Length; position < end;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = (int)Math.Min(end - position, Zeros.Length);
                hash.AppendData(Zeros.AsSpan(0, count));
                position += count;
            }

            while (position < data?.End)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, (int)Math.Min(data.Value.End - position, buffer.Length));
                ContentReader.Fill(image.Handle, position, bytes, image.Path);
                hash.AppendData(bytes);
                position += bytes.Length;
            }
        }

        // What was hashed has to be what was packed.
        image.EnsureUnchanged();
        return TrailerDigest.Create(hash.GetHashAndReset(), position);
    }
}
