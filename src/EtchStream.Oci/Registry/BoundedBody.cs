using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>Reads a small answer whole.</summary>
internal static class BoundedBody
{
    /// <exception cref="CorruptImageException">The answer has more than <paramref name="limit"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, string what, StallGuard guard, CancellationToken cancellationToken)
    {
        var promised = response.Content.Headers.ContentLength;
        if (promised > limit) throw TooLong(what, limit);
        var stream = await guard.RunAsync(async token => await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var content = new MemoryStream((int)(promised ?? 0));
            var buffer = new byte[16 << 10];
            while (await guard.RunAsync(token => stream.ReadAsync(buffer, token), cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                if (content.Length + count > limit) throw TooLong(what, limit);
                content.Write(buffer, 0, count);
            }
            return content.ToArray();
        }
    }

    private static CorruptImageException TooLong(string what, int limit) => new(what, $"the answer has more than {limit} bytes");
}
