namespace EtchStream.Oci.Content;

/// <summary>Reads the small files of an image layout.</summary>
internal static class LayoutFilesReading
{
    /// <summary>Reads a file whole.</summary>
    /// <exception cref="CorruptImageException">It is not there, or has more than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAllAsync(this ILayoutFiles files, string path, int limit, CancellationToken cancellationToken)
    {
        var stream = files.TryOpen(path) ?? throw new CorruptImageException(files.Root, $"{Printable.Clean(path)} is missing");
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length > limit) throw new CorruptImageException(files.Root, $"{Printable.Clean(path)} has {stream.Length} bytes; at most {limit} are taken");
            var content = new byte[stream.Length];
            var count = await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return count == content.Length ? content : throw new CorruptImageException(files.Root, $"{Printable.Clean(path)} became shorter while it was read");
        }
    }
}
