using System.IO.Compression;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>gzip by the framework's zlib, which stores neither time nor name.</summary>
internal sealed class GzipEncoder : IStreamEncoder
{
    private const int DefaultLevel = 6;

    // The framework starts to compress with the first byte, and without one it writes nothing at all: not even a header. So
    // this is the whole of an empty member: header, an empty final block, CRC and length of nothing.
    private static readonly byte[] s_emptyMember = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public CompressionFormat Format => CompressionFormat.Gzip;

    public (int Lowest, int Highest) Levels => (0, 9);

    public Stream OpenEncoder(Stream output, int? level = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        var chosen = level ?? DefaultLevel;
        ArgumentOutOfRangeException.ThrowIfLessThan(chosen, Levels.Lowest, nameof(level));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chosen, Levels.Highest, nameof(level));
        var gzip = new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = chosen }, leaveOpen: true);
        return new EncoderStream(new GzipSink(gzip), output, leaveOpen);
    }

    private sealed class GzipSink(GZipStream gzip) : IEncoderSink
    {
        private bool _any;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, Stream output, CancellationToken cancellationToken)
        {
            _any |= data.Length > 0;
            await gzip.WriteAsync(data, cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask FinishAsync(Stream output, CancellationToken cancellationToken)
        {
            await gzip.DisposeAsync().ConfigureAwait(false);
            if (!_any) await output.WriteAsync(s_emptyMember, cancellationToken).ConfigureAwait(false);
        }

        public void Write(ReadOnlySpan<byte> data, Stream output)
        {
            _any |= data.Length > 0;
            gzip.Write(data);
        }

        public void Finish(Stream output)
        {
            gzip.Dispose();
            if (!_any) output.Write(s_emptyMember);
        }

        public void Dispose()
        {
        }
    }
}
