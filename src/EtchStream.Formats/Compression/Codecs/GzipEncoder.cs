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

    /// <remarks>zlib gets pieces of one size, since the bytes it makes depend on the sizes of the pieces it is given.</remarks>
    private sealed class GzipSink(GZipStream gzip) : IEncoderSink
    {
        private readonly byte[] _piece = new byte[64 * 1024];
        private int _filled;
        private bool _any;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, Stream output, CancellationToken cancellationToken)
        {
            while (!data.IsEmpty)
            {
                data = data[Fill(data.Span)..];
                if (_filled < _piece.Length) continue;
                _filled = 0;
                await gzip.WriteAsync(_piece, cancellationToken).ConfigureAwait(false);
            }
        }

        public async ValueTask FinishAsync(Stream output, CancellationToken cancellationToken)
        {
            if (_filled > 0) await gzip.WriteAsync(_piece.AsMemory(0, _filled), cancellationToken).ConfigureAwait(false);
            await gzip.DisposeAsync().ConfigureAwait(false);
            if (!_any) await output.WriteAsync(s_emptyMember, cancellationToken).ConfigureAwait(false);
        }

        public void Write(ReadOnlySpan<byte> data, Stream output)
        {
            while (!data.IsEmpty)
            {
                data = data[Fill(data)..];
                if (_filled < _piece.Length) continue;
                _filled = 0;
                gzip.Write(_piece);
            }
        }

        public void Finish(Stream output)
        {
            if (_filled > 0) gzip.Write(_piece.AsSpan(0, _filled));
            gzip.Dispose();
            if (!_any) output.Write(s_emptyMember);
        }

        public void Dispose()
        {
        }

        private int Fill(ReadOnlySpan<byte> data)
        {
            var count = Math.Min(data.Length, _piece.Length - _filled);
            data[..count].CopyTo(_piece.AsSpan(_filled));
            _filled += count;
            _any = true;
            return count;
        }
    }
}
