using EtchStream.Formats.Compression.Native;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Zstandard by libzstd, in the calling thread, with a checksum of the content.</summary>
internal sealed class ZstdEncoder : IStreamEncoder
{
    private const int DefaultLevel = 3;

    public CompressionFormat Format => CompressionFormat.Zstd;

    public (int Lowest, int Highest) Levels => (1, 22);

    public Stream OpenEncoder(Stream output, int? level = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        var chosen = level ?? DefaultLevel;
        ArgumentOutOfRangeException.ThrowIfLessThan(chosen, Levels.Lowest, nameof(level));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chosen, Levels.Highest, nameof(level));
        return new EncoderStream(new ZstdSink(chosen), output, leaveOpen);
    }

    private sealed class ZstdSink : IEncoderSink
    {
        private readonly NativeState _state;
        private readonly byte[] _buffer = new byte[128 * 1024];

        public ZstdSink(int level)
        {
            NativeLibraries.Require(NativeLibraries.Zstd);
            _state = NativeState.Adopt(ZstdNative.CreateEncoder(), static context => ZstdNative.FreeEncoder(context));
            Check(ZstdNative.SetEncoderParameter(_state.DangerousGetHandle(), ZstdNative.EncoderCompressionLevel, level));
            Check(ZstdNative.SetEncoderParameter(_state.DangerousGetHandle(), ZstdNative.EncoderChecksumFlag, 1));
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, Stream output, CancellationToken cancellationToken)
        {
            while (!data.IsEmpty)
            {
                _ = Step(data.Span, ZstdNative.Continue, out var consumed, out var written);
                data = data[consumed..];
                if (written > 0) await output.WriteAsync(_buffer.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
            }
        }

        public async ValueTask FinishAsync(Stream output, CancellationToken cancellationToken)
        {
            bool done;
            do
            {
                done = Step([], ZstdNative.End, out _, out var written);
                await output.WriteAsync(_buffer.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
            }
            while (!done);
        }

        public void Write(ReadOnlySpan<byte> data, Stream output)
        {
            while (!data.IsEmpty)
            {
                _ = Step(data, ZstdNative.Continue, out var consumed, out var written);
                data = data[consumed..];
                if (written > 0) output.Write(_buffer, 0, written);
            }
        }

        public void Finish(Stream output)
        {
            bool done;
            do
            {
                done = Step([], ZstdNative.End, out _, out var written);
                output.Write(_buffer, 0, written);
            }
            while (!done);
        }

        public void Dispose() => _state.Dispose();

        private static nuint Check(nuint code) =>
            ZstdNative.IsError(code) == 0 ? code : throw new IOException($"zstd could not compress: {ZstdNative.ErrorText(code)}");

        /// <summary>Compresses into the buffer.</summary>
        /// <returns>Whether nothing is left inside the encoder, for <see cref="ZstdNative.End"/>.</returns>
        private unsafe bool Step(ReadOnlySpan<byte> data, int directive, out int consumed, out int written)
        {
            nuint left;
            fixed (byte* source = data, destination = _buffer)
            {
                var from = new ZstdNative.InBuffer { Source = source, Size = (nuint)data.Length };
                var to = new ZstdNative.OutBuffer { Destination = destination, Size = (nuint)_buffer.Length };
                left = Check(ZstdNative.Compress(_state.DangerousGetHandle(), &to, &from, directive));
                consumed = (int)from.Position;
                written = (int)to.Position;
            }

            GC.KeepAlive(_state);
            return left == 0;
        }
    }
}
