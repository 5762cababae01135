using System.Net;
using System.Net.Http.Headers;
using Polly;

namespace EtchStream.Oci.Registry;

/// <summary>
/// A blob's bytes, over as many connections as it takes: after a reset, a stall or an early end the rest is asked for by Range
/// (RFC 9110, section 14), with back-off. How often is bounded by the progress made, so that a registry that gives a byte at a time
/// does not keep this going for ever. Nothing is verified here; that the parts fit together shows in the digest.
/// </summary>
internal sealed class ResumingBlobStream : Stream
{
    // What a connection must have brought for its failure not to count as one more in a row.
    private const long Progress = 1 << 20;
    private const int SkipBufferSize = 64 << 10;

    private readonly RegistryClient _client;
    private readonly ImageReference _reference;
    private readonly Descriptor _blob;
    private readonly string _what;
    private readonly ResiliencePipeline _retry;
    private StallGuard? _guard;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _position;
    private long _lastFailure;
    private int _failures;

    public ResumingBlobStream(RegistryClient client, ImageReference reference, Descriptor blob)
    {
        _client = client;
        _reference = reference;
        _blob = blob;
        _what = $"blob {blob.Digest} of {reference}";
        _retry = RetryPolicy.Create(client.Options, () => _failures <= client.Options.MaxRetries);
    }

    /// <summary>Connects, so that a blob that is not there shows before the first read.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) => ReadWithRetryAsync(Memory<byte>.Empty, cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _position == _blob.Size && _body is null || buffer.IsEmpty ? ValueTask.FromResult(0) : ReadWithRetryAsync(buffer, cancellationToken);

    private ValueTask<int> ReadWithRetryAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _retry.ExecuteAsync(
            static async (state, token) => await state.Stream.TryReadAsync(state.Buffer, token).ConfigureAwait(false), (Stream: this, Buffer: buffer), cancellationToken);

    private async ValueTask<int> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            // All is there; only the answer's end was lost. A Range from the end on would be refused.
            if (_body is null && _position == _blob.Size && _position > 0) return 0;
            if (_body is null) await OpenAsync(cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty) return 0;
            var count = await _guard!.RunAsync(token => _body!.ReadAsync(buffer, token), _what, cancellationToken).ConfigureAwait(false);
            _position += count;
            // An answer without a length may end early without any error.
            if (count == 0 && _position < _blob.Size) throw new RegistryException($"{_what}: the connection ended after {_position} of {_blob.Size} bytes", isTransient: true);
            return count;
        }
        catch (Exception e) when (e is RegistryException || NetworkFailure.IsFailure(e))
        {
            Disconnect();
            if (_position - _lastFailure >= Progress) _failures = 0;
            _lastFailure = _position;
            _failures++;
            if (e is RegistryException) throw;
            throw NetworkFailure.Wrap(e, _what);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _guard = new StallGuard(_client.Options);
        _response = await _client.GetOnceAsync(
            _reference, $"blobs/{_blob.Digest}", headers => headers.Range = _position > 0 ? new RangeHeaderValue(_position, to: null) : null, _what, _guard, cancellationToken).ConfigureAwait(false);
        var skip = 0L;
        if (_response.StatusCode == HttpStatusCode.PartialContent && _position > 0) CheckRange(_response.Content.Headers.ContentRange);
        else if (_response.StatusCode == HttpStatusCode.OK) skip = CheckLength(_response.Content.Headers.ContentLength);
        else throw await RegistryErrorBody.ReadAsync(_response, _what, _client.Options, _guard, cancellationToken).ConfigureAwait(false);

        var body = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (skip > 0) await SkipAsync(body, skip, cancellationToken).ConfigureAwait(false);
        _body = body;
    }

    private void CheckRange(ContentRangeHeaderValue? range)
    {
        if (range?.From != _position || (range.HasLength && range.Length != _blob.Size) || range.To >= _blob.Size)
            throw new RegistryException($"{_what}: asked for the bytes from {_position} on, the registry answered with {Printable.Clean(range?.ToString() ?? "no range")}", HttpStatusCode.PartialContent);
    }

    // The whole blob instead of its rest: not every registry knows ranges. What was read already is passed over.
    private long CheckLength(long? length) => length is null || length == _blob.Size
        ? _position
        : throw new DigestMismatchException(_what, $"{_blob.Size} bytes", $"{length} bytes");

    private async Task SkipAsync(Stream body, long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[SkipBufferSize];
        while (count > 0)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, count));
            var read = await _guard!.RunAsync(token => body.ReadAsync(part, token), _what, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new RegistryException($"{_what}: the connection ended before the {_position} bytes that were there already", isTransient: true);
            count -= read;
        }
    }

    private void Disconnect()
    {
        // The response owns the body; disposing it before its end closes the connection instead of draining it.
        _response?.Dispose();
        _guard?.Dispose();
        (_response, _guard, _body) = (null, null, null);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob is read asynchronously");

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _blob.Size;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Disconnect();
        base.Dispose(disposing);
    }
}
