using System.Buffers.Binary;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>
/// gzip by SharpZipLib's managed deflater: the same bytes on every processor and with every version of .NET, which the framework's
/// zlib does not promise (it looks for matches in ways that depend on the processor).
/// </summary>
internal sealed class PortableGzipEncoder : IStreamEncoder
{
    // Beyond it, half the speed buys a sixth of the size.
    private const int DefaultLevel = 3;

    public CompressionFormat Format => CompressionFormat.Gzip;

    public (int Lowest, int Highest) Levels => (0, 9);

    public Stream OpenEncoder(Stream output, int? level = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        var chosen = level ?? DefaultLevel;
        ArgumentOutOfRangeException.ThrowIfLessThan(chosen, Levels.Lowest, nameof(level));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chosen, Levels.Highest, nameof(level));
        return new EncoderStream(new Sink(chosen), output, leaveOpen);
    }

    private sealed class Sink(int level) : IEncoderSink
    {
        // RFC 1952, 2.3: magic, deflate, no flags, no time, no hint of the level, unknown system: what Go's encoder writes too.
        private static readonly byte[] s_header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];

        private readonly Deflater _deflater = new(level, noZlibHeaderOrFooter: true);

        // Pieces of one size, so that the bytes do not depend on the sizes of the writes.
        private readonly byte[] _piece = new byte[64 * 1024];
        private readonly byte[] _compressed = new byte[64 * 1024];
        private int _filled;
        private uint _crc;
        private uint _length;
        private bool _begun;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, Stream output, CancellationToken cancellationToken)
        {
            while (!data.IsEmpty)
            {
                data = data[Fill(data.Span)..];
                if (_filled < _piece.Length) continue;
                await output.WriteAsync(Begin(), cancellationToken).ConfigureAwait(false);
                while (Next() is var count and > 0) await output.WriteAsync(_compressed.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }

        public async ValueTask FinishAsync(Stream output, CancellationToken cancellationToken)
        {
            await output.WriteAsync(Begin(), cancellationToken).ConfigureAwait(false);
            while (Next() is var count and > 0) await output.WriteAsync(_compressed.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            _deflater.Finish();
            while (Next() is var count and > 0) await output.WriteAsync(_compressed.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(Trailer(), cancellationToken).ConfigureAwait(false);
        }

        public void Write(ReadOnlySpan<byte> data, Stream output)
        {
            while (!data.IsEmpty)
            {
                data = data[Fill(data)..];
                if (_filled == _piece.Length) Deflate(output);
            }
        }

        public void Finish(Stream output)
        {
            Deflate(output);
            _deflater.Finish();
            while (Next() is var count and > 0) output.Write(_compressed.AsSpan(0, count));
            output.Write(Trailer());
        }

        public void Dispose()
        {
        }

        private void Deflate(Stream output)
        {
            output.Write(Begin().Span);
            while (Next() is var count and > 0) output.Write(_compressed.AsSpan(0, count));
        }

        private int Fill(ReadOnlySpan<byte> data)
        {
            var count = Math.Min(data.Length, _piece.Length - _filled);
            data[..count].CopyTo(_piece.AsSpan(_filled));
            _filled += count;
            return count;
        }

        /// <summary>Hands the piece to the deflater; answers what has to be written before its output.</summary>
        private ReadOnlyMemory<byte> Begin()
        {
            _crc = Crc32.Compute(_piece.AsSpan(0, _filled), _crc);
            _length = unchecked(_length + (uint)_filled);
            _deflater.SetInput(_piece, 0, _filled);
            _filled = 0;
            if (_begun) return default;
            _begun = true;
            return s_header;
        }

        private int Next() => _deflater.IsFinished ? 0 : _deflater.Deflate(_compressed);

        private byte[] Trailer()
        {
            var trailer = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), _length);
            return trailer;
        }
    }
}
