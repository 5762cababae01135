namespace EtchStream.Dataflow;

/// <summary>Counts bytes that several streams read at once.</summary>
/// <param name="whole">A meter that counts them as well; null for none.</param>
internal sealed class ByteMeter(ByteMeter? whole = null)
{
    private long _bytes;

    /// <summary>Bytes so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts what is read of a stream from now on; disposing the result disposes the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="wait">Notes while a read is under way; null for none.</param>
    public Stream Measure(Stream stream, WaitPoint? wait = null) => new MeteredStream(stream, this, wait);

    private void Add(long count)
    {
        Interlocked.Add(ref _bytes, count);
        whole?.Add(count);
    }

    private sealed class MeteredStream(Stream inner, ByteMeter meter, WaitPoint? wait) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wait?.Begin();
            try
            {
                var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                meter.Add(count);
                return count;
            }
            finally
            {
                wait?.End();
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronous reads");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            await base.DisposeAsync().ConfigureAwait(false);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
