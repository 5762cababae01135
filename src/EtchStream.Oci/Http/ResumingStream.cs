using System.Net;
using System.Net.Http.Headers;
using Polly;

namespace EtchStream.Oci.Http;

/// <summary>
/// A long body, over as many connections as it takes: after a reset, a stall or an early end the rest is asked for by Range
/// (RFC 9110, section 14), with back-off. How often is bounded by the progress made, so that a server that gives a byte at a time
/// does not keep this going for ever. Whether the parts belong together, those who derive from it have to know.
/// </summary>
internal abstract class ResumingStream : Stream
{
    // What a connection must have brought for its failure not to count as one more in a row.
    private const long Progress = 1 << 20;
    private const int SkipBufferSize = 64 << 10;

    private readonly HttpOptions _options;
    private readonly ResiliencePipeline _retry;
    private StallGuard? _guard;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _lastFailure;
    private int _failures;

    /// <param name="options">How patient it is.</param>
    /// <param name="what">What is read, in errors.</param>
    protected ResumingStream(HttpOptions options, string what)
    {
        _options = options;
        What = what;
        _retry = RetryPolicy.Create(options, error => _failures <= options.MaxRetries && (BytesRead > 0 || _failures <= MaxFirstRefusals || !NetworkFailure.IsRefused(error)));
    }

    /// <summary>What is read, in errors.</summary>
    protected string What { get; }

    /// <summary>Bytes that were read so far.</summary>
    protected long BytesRead { get; private set; }

    /// <summary>Connections that were lost and replaced.</summary>
    public int Resumptions { get; private set; }

    /// <summary>Bytes in all; null while that is not known.</summary>
    protected abstract long? Size { get; }

    /// <summary>Asks for the body from <see cref="BytesRead"/> on, and checks all of the answer but its body.</summary>
    /// <returns>The answer, and how many bytes of its body were read before and have to be passed over.</returns>
    protected abstract Task<(HttpResponseMessage Response, long Skip)> RequestAsync(StallGuard guard, CancellationToken cancellationToken);

    /// <summary>How often to try again at the start, where nothing listens at all.</summary>
    protected virtual int MaxFirstRefusals => int.MaxValue;

    /// <summary>The error of a kind that users of the stream expect.</summary>
    protected abstract HttpTransferException Fail(string problem, HttpStatusCode? status = null, bool isTransient = false, Exception? inner = null);

    /// <summary>What a failure of the network was.</summary>
    protected abstract NetworkFailure Describe(Exception error);

    /// <summary>Connects, so that a body that is not there shows before the first read.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) => ReadWithRetryAsync(Memory<byte>.Empty, cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        BytesRead == Size && _body is null || buffer.IsEmpty ? ValueTask.FromResult(0) : ReadWithRetryAsync(buffer, cancellationToken);

    private ValueTask<int> ReadWithRetryAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _retry.ExecuteAsync(
            static async (state, token) => await state.Stream.TryReadAsync(state.Buffer, token).ConfigureAwait(false), (Stream: this, Buffer: buffer), cancellationToken);

    private async ValueTask<int> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            // All is there; only the answer's end was lost. A Range from the end on would be refused.
            if (_body is null && BytesRead == Size && BytesRead > 0) return 0;
            if (_body is null) await OpenAsync(cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty) return 0;
            var count = await _guard!.RunAsync(token => _body!.ReadAsync(buffer, token), cancellationToken).ConfigureAwait(false);
            BytesRead += count;
            // An answer without a length may end early without any error.
            if (count == 0 && BytesRead < Size) throw Fail($"the connection ended after {BytesRead} of {Size} bytes", isTransient: true);
            return count;
        }
        catch (Exception e) when (e is HttpTransferException || NetworkFailure.Is(e))
        {
            Disconnect();
            if (BytesRead - _lastFailure >= Progress) _failures = 0;
            _lastFailure = BytesRead;
            _failures++;
            if (e is HttpTransferException) throw;
            var failure = Describe(e);
            throw Fail(failure.Text, isTransient: failure.IsTransient, inner: e);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _guard = new StallGuard(_options);
        (_response, var skip) = await RequestAsync(_guard, cancellationToken).ConfigureAwait(false);
        var body = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (skip > 0) await SkipAsync(body, skip, cancellationToken).ConfigureAwait(false);
        _body = body;
        if (BytesRead > 0) Resumptions++;
    }

    /// <summary>Checks that a partial answer is the rest that was asked for.</summary>
    protected void CheckRange(ContentRangeHeaderValue? range, string server)
    {
        if (range?.From != BytesRead || (Size is { } size && ((range.HasLength && range.Length != size) || range.To >= size)))
            throw Fail($"asked for the bytes from {BytesRead} on, the {server} answered with {Printable.Clean(range?.ToString() ?? "no range")}", HttpStatusCode.PartialContent);
    }

    private async Task SkipAsync(Stream body, long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[SkipBufferSize];
        while (count > 0)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, count));
            var read = await _guard!.RunAsync(token => body.ReadAsync(part, token), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw Fail($"the connection ended before the {BytesRead} bytes that were there already", isTransient: true);
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

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("it is read asynchronously");

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => Size ?? throw new NotSupportedException();

    public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

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
