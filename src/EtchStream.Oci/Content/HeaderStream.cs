namespace EtchStream.Oci.Content;

/// <summary>
/// A seekable stream of which only small pieces are read. .NET's tar reader skips files by seeking and reads nothing but headers, among
/// them extended ones of up to 2 GiB, whole and into memory; here such a read is refused.
/// </summary>
/// <param name="inner">The archive.</param>
/// <param name="name">What errors call it.</param>
internal sealed class HeaderStream(Stream inner, string name) : Stream
{
    private const int MaxRead = 1 << 20;

    public override int Read(Span<byte> buffer) => inner.Read(Check(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check(buffer.Span);
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private Span<byte> Check(Span<byte> buffer) => buffer.Length <= MaxRead
        ? buffer
        : throw new CorruptImageException(name, $"it is no valid tar archive: an extended header has {buffer.Length} bytes");

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => inner.Position = value; }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
