using EtchStream.Formats.Tar;

namespace EtchStream.Unpack.Images;

/// <summary>The content of the current member of a tar archive as a stream, for decoders. Only asynchronous reads.</summary>
internal sealed class TarContentStream : Stream
{
    private readonly TarReader _archive;
    private ReadOnlyMemory<byte> _window;

    /// <summary>Reads <paramref name="head"/>, which was taken off the content already, then what is left of it.</summary>
    public TarContentStream(ReadOnlyMemory<byte> head, TarReader archive)
    {
        _window = head;
        _archive = archive;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        if (_window.IsEmpty) _window = await _archive.ReadContentAsync(cancellationToken).ConfigureAwait(false);
        var count = Math.Min(buffer.Length, _window.Length);
        _window[..count].CopyTo(buffer);
        _window = _window[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read it asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
