using System.Security.Cryptography;

namespace EtchStream.Oci.Content;

/// <summary>
/// Passes content through and checks it against its promised digest and length: at its end, where a read returns 0 only if both are
/// right, and before it, where a byte too many is refused at once. What was read may be believed only after that 0; a reader that
/// stops early has verified nothing.
/// </summary>
public sealed class VerifyingStream : Stream
{
    private const string Hint = "try again; if it stays so, what is stored there is damaged";

    private readonly Stream _inner;
    private readonly Digest _digest;
    private readonly string _subject;
    private readonly long _size;
    private readonly IncrementalHash _hash;
    private long _count;
    private bool _verified;

    /// <summary>Wraps a stream.</summary>
    /// <param name="inner">The content, from its first byte on. It is disposed together with this stream.</param>
    /// <param name="digest">The digest promised.</param>
    /// <param name="size">The length promised, in bytes.</param>
    /// <param name="subject">What is read, for errors; the digest if null.</param>
    public VerifyingStream(Stream inner, Digest digest, long size, string? subject = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        _inner = inner;
        _digest = digest;
        _size = size;
        _subject = subject ?? $"blob {digest}";
        _hash = digest.CreateHash();
    }

    /// <summary>True once the end was reached and digest and length were right.</summary>
    public bool IsVerified => _verified;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _verified) return 0;
        var count = _inner.Read(buffer);
        Accept(buffer[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _verified) return 0;
        var count = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Accept(buffer.Span[..count]);
        return count;
    }

    private void Accept(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            if (_count != _size) throw new DigestMismatchException(_subject, $"{_size} bytes", $"{_count} bytes", Hint);
            var actual = _digest.Finish(_hash);
            if (actual != _digest) throw new DigestMismatchException(_subject, _digest.ToString(), actual.ToString(), Hint);
            _verified = true;
            return;
        }

        // Not a sum: the promised length may be the largest number there is.
        if (data.Length > _size - _count) throw new DigestMismatchException(_subject, $"{_size} bytes", "more than that", Hint);
        _count += data.Length;
        _hash.AppendData(data);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <summary>The promised length.</summary>
    public override long Length => _size;

    /// <summary>Bytes read so far.</summary>
    public override long Position { get => _count; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _inner.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
