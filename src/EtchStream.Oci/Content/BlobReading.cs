namespace EtchStream.Oci.Content;

/// <summary>Reads small blobs whole.</summary>
internal static class BlobReading
{
    /// <summary>Reads and verifies a blob of at most <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]> ReadAllAsync(this IBlobSource source, Descriptor blob, int limit, string name, CancellationToken cancellationToken)
    {
        if (blob.Size > limit) throw new CorruptImageException(name, $"it has {blob.Size} bytes; at most {limit} are taken");
        var stream = await source.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var content = new byte[blob.Size];
            await stream.ReadExactlyOrMismatchAsync(content, cancellationToken).ConfigureAwait(false);
            return content;
        }
    }

    // Reads to the end and past it: only the read that returns 0 has verified the content.
    private static async Task ReadExactlyOrMismatchAsync(this Stream stream, byte[] content, CancellationToken cancellationToken)
    {
        var spare = new byte[1];
        var count = 0;
        while (true)
        {
            var room = count < content.Length ? content.AsMemory(count) : spare;
            var read = await stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
            if (read == 0) return;
            count += read;
        }
    }
}
