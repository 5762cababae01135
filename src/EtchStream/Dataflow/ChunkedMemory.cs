namespace EtchStream.Dataflow;

/// <summary>A write-only stream into memory that grows by pieces, so that nothing is copied and little is reserved in vain.</summary>
internal sealed class ChunkedMemory : Stream
{
    private const int ChunkSize = 256 * 1024;

    private readonly List<byte[]> _chunks = [];
    private int _filled = ChunkSize;

    /// <summary>What was written, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces
    {
        get
        {
            for (var i = 0; i < _chunks.Count; i++) yield return _chunks[i].AsMemory(0, i == _chunks.Count - 1 ? _filled : ChunkSize);
        }
    }

    /// <inheritdoc/>
    public override long Length => _chunks.Count == 0 ? 0 : ((_chunks.Count - 1L) * ChunkSize) + _filled;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Position { get => Length; set => throw new NotSupportedException(); }

    /// <summary>Opens what was written for reading; nothing may be written after that.</summary>
    public Stream OpenRead() => new Reader(this);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == ChunkSize)
            {
                _chunks.Add(new byte[ChunkSize]);
                _filled = 0;
            }

            var count = Math.Min(buffer.Length, ChunkSize - _filled);
            buffer[..count].CopyTo(_chunks[^1].AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private sealed class Reader(ChunkedMemory memory) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => memory.Length;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_position == memory.Length) return 0;
            var chunk = memory._chunks[(int)(_position / ChunkSize)];
            var start = (int)(_position % ChunkSize);
            var count = (int)Math.Min(Math.Min(buffer.Length, ChunkSize - start), memory.Length - _position);
            chunk.AsSpan(start, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
