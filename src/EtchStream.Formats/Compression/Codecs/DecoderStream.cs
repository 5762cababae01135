using System.Buffers;

namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Reads through a codec: pulls compressed bytes as they are needed, and tells an end from a truncation.</summary>
/// <remarks>
/// It may be disposed while a read is still under way: who reads ahead gives up a read that is cancelled without waiting for it. The codec's
/// memory, which is the system's and not the collector's, is then freed by that read, when it ends.
/// </remarks>
internal sealed class DecoderStream(Stream compressed, ICodec codec, string name, bool leaveOpen) : Stream
{
    private const int BufferSize = 128 * 1024;

    // The buffer starts with the last bytes of what it held before, for a codec that looked too far ahead.
    private const int History = CodecResult.MaxGivenBack;

    // A codec may take a step or two without visible progress, to change its state or to give bytes back; not more.
    private const int MaxIdleSteps = 8;

    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(History + BufferSize);
    private int _start = History;
    private int _end = History;
    private long _position;
    private bool _endOfInput;
    private bool _betweenMembers = true;
    private bool _anyMember;
    private bool _padding;
    private bool _outputPending;
    private bool _finished;
    private int _idleSteps;

    // One of the states below, changed only as one step.
    private int _use;

    private static class Use
    {
        public const int Idle = 0;
        public const int Reading = 1;
        public const int Released = 2;
        public const int ReadingAndGivenUp = 3;
    }

    private enum Step
    {
        Done,
        NeedsInput,
        Again,
    }

    public override bool CanRead => _buffer is not null;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Enter();
        try
        {
            while (true)
            {
                switch (Advance(buffer, out var written))
                {
                    case Step.Done:
                        return written;
                    case Step.NeedsInput:
                        KeepHistory();
                        Filled(compressed.Read(_buffer!, History, BufferSize));
                        break;
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (Advance(buffer.Span, out var written))
                {
                    case Step.Done:
                        return written;
                    case Step.NeedsInput:
                        KeepHistory();
                        Filled(await compressed.ReadAsync(_buffer.AsMemory(History, BufferSize), cancellationToken).ConfigureAwait(false));
                        break;
                }
            }
        }
        finally
        {
            Leave();
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        Release();
        if (!leaveOpen) await compressed.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
            if (!leaveOpen) compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Enter()
    {
        var before = Interlocked.CompareExchange(ref _use, Use.Reading, Use.Idle);
        ObjectDisposedException.ThrowIf(before is Use.Released or Use.ReadingAndGivenUp, this);
        if (before == Use.Reading) throw new InvalidOperationException("a read of this stream is under way");
    }

    private void Leave()
    {
        if (Interlocked.CompareExchange(ref _use, Use.Idle, Use.Reading) == Use.Reading) return;
        _use = Use.Released;
        FreeAll();
    }

    private void Release()
    {
        if (Interlocked.CompareExchange(ref _use, Use.Released, Use.Idle) == Use.Idle) FreeAll();
        else if (Interlocked.CompareExchange(ref _use, Use.ReadingAndGivenUp, Use.Reading) == Use.Idle) Release();
    }

    private void FreeAll()
    {
        ArrayPool<byte>.Shared.Return(_buffer!);
        _buffer = null;
        codec.Dispose();
    }

    private void KeepHistory() => _buffer.AsSpan(_end - History, History).CopyTo(_buffer);

    private void Filled(int count)
    {
        _start = History;
        _end = History + count;
        _endOfInput = count == 0;
    }

    private Step Advance(Span<byte> output, out int written)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        written = 0;
        if (output.IsEmpty || _finished) return Step.Done;
        if (_start == _end && !_endOfInput && !_outputPending) return Step.NeedsInput;
        if (_betweenMembers && StartMember() is { } step) return step;

        var input = _buffer.AsSpan(_start, _end - _start);
        var result = codec.Decode(input, output, _endOfInput);
        _start += result.Consumed;
        _position += result.Consumed;
        written = result.Written;

        // A full output may hide more of it; then the next step goes without input, so that nobody waits for a slow peer.
        _outputPending = written == output.Length && result.Status == CodecStatus.Within;
        _idleSteps = written > 0 || result.Consumed > 0 ? 0 : _idleSteps + 1;
        switch (result.Status)
        {
            case CodecStatus.Corrupt:
                throw Corrupt(result.Problem ?? "it is damaged");
            case CodecStatus.MemberEnd:
                _betweenMembers = true;
                _anyMember = true;
                break;
            case CodecStatus.Within when _idleSteps > MaxIdleSteps:
                throw Corrupt(_start == _end ? "it is truncated" : "it is damaged: the decoder makes no progress");
        }

        return written > 0 ? Step.Done : Step.Again;
    }

    private Step? StartMember()
    {
        var input = _buffer.AsSpan(_start, _end - _start);
        if (_anyMember && codec.AllowsZeroPadding)
        {
            var zeros = input.IndexOfAnyExcept((byte)0);
            if (zeros < 0) zeros = input.Length;
            _padding |= zeros > 0;
            _start += zeros;
            _position += zeros;
        }

        if (_start == _end)
        {
            if (!_endOfInput) return Step.NeedsInput;
            if (!_anyMember) throw Corrupt("it is empty");
            _finished = true;
            return Step.Done;
        }

        if (_padding || (_anyMember && !codec.AllowsMembers)) throw Corrupt("garbage follows its end");
        if (_anyMember) codec.Reset();
        _betweenMembers = false;
        return null;
    }

    private CorruptFormatException Corrupt(string problem) => new($"{name} stream", _position, problem);
}
