using Microsoft.Win32.SafeHandles;

namespace EtchStream.Oci.Content;

/// <summary>
/// A part of an open file as a stream. Reads are positional, so that any number of parts of one file are read side by side. The file
/// is not closed with it.
/// </summary>
internal sealed class FileRegionStream(SafeFileHandle file, long offset, long length) : Stream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        var count = RandomAccess.Read(file, buffer[..Clip(buffer.Length)], offset + _position);
        _position += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await RandomAccess.ReadAsync(file, buffer[..Clip(buffer.Length)], offset + _position, cancellationToken).ConfigureAwait(false);
        _position += count;
        return count;
    }

    private int Clip(int wanted) => (int)Math.Min(wanted, length - _position);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
