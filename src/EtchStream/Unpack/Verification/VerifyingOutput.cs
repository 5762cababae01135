using EtchStream.Dataflow;
using EtchStream.Unpack.Devices;
using EtchStream.Unpack.Outputs;

namespace EtchStream.Unpack.Verification;

/// <summary>
/// An output that keeps a digest of every block that is written to it, of the image, of files and of file systems' own, and reads all of
/// it back from the medium before it is complete.
/// </summary>
/// <remarks>
/// A write that covers a part of a block is merged with what is there, which is held against its own digest first: so each digest goes
/// back to bytes that were written, whatever the medium makes of them in between.
/// </remarks>
internal sealed class VerifyingOutput(IOutput output) : IOutput
{
    private readonly BlockDigests _digests = new();
    private readonly Lock _gate = new();
    private readonly byte[] _block = new byte[BlockDigests.BlockSize];
    private long _written;

    /// <inheritdoc/>
    public string ShownPath => output.ShownPath;

    /// <inheritdoc/>
    public IEnumerable<string> Names => output.Names;

    /// <inheritdoc/>
    public long Length => output.Length;

    /// <inheritdoc/>
    public IReadOnlyList<HeldRegion> HeldBack => output.HeldBack;

    /// <inheritdoc/>
    public string? Warning { get; private set; }

    /// <inheritdoc/>
    public long MaxLengthFor(long needed) => output.MaxLengthFor(needed);

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        lock (_gate) output.SetLength(length);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer) => output.Read(offset, buffer);

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        // The stage and the file systems, which write in place, may come at the same time.
        lock (_gate)
        {
            var at = offset;
            var rest = data;
            while (!rest.IsEmpty)
            {
                var start = (int)(at % BlockDigests.BlockSize);
                var count = Math.Min(rest.Length, BlockDigests.BlockSize - start);
                if (count == BlockDigests.BlockSize) _digests[at / BlockDigests.BlockSize] = BlockDigests.Of(rest[..count]);
                else Merge(at, rest[..count]);
                at += count;
                rest = rest[count..];
            }

            output.Write(offset, data);
            _written = Math.Max(_written, offset + data.Length);
        }
    }

    /// <inheritdoc/>
    public void Zero(long offset, long length)
    {
        lock (_gate)
        {
            var end = offset + length;
            var first = Math.Min(end, (offset + BlockDigests.BlockSize - 1) / BlockDigests.BlockSize * BlockDigests.BlockSize);
            var last = Math.Max(first, end / BlockDigests.BlockSize * BlockDigests.BlockSize);
            if (first > offset) Merge(offset, new byte[first - offset]);
            _digests.Clear(first / BlockDigests.BlockSize, last / BlockDigests.BlockSize);
            if (end > last) Merge(last, new byte[end - last]);
            output.Zero(offset, length);
        }
    }

    /// <inheritdoc/>
    public void Flush() => output.Flush();

    /// <inheritdoc/>
    public MediumReader OpenMedium() => output.OpenMedium();

    /// <summary>Compares what is on the medium with what was written. To be called when all is flushed, before the commit.</summary>
    /// <param name="count">Is told the bytes that were compared.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="wait">Notes while the medium is read; null for none.</param>
    /// <exception cref="VerificationException">A byte differs.</exception>
    public void Verify(Action<long> count, CancellationToken cancellationToken, WaitPoint? wait = null)
    {
        using var medium = OpenMedium();
        if (!medium.IsUncached) Warning = $"{ShownPath}: its system cannot be asked to read past its cache; what was verified may have come from there";
        for (long offset = 0; offset < Length; offset += MediumReader.BufferSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = (int)Math.Min(MediumReader.BufferSize, Length - offset);
            wait?.Begin();
            var piece = medium.Read(offset, length);
            wait?.End();
            Compare(offset, piece);
            count(length);
        }
    }

    /// <inheritdoc/>
    public void Commit(bool flush)
    {
        output.Commit(flush);
        Warning = output.Warning ?? Warning;
    }

    /// <inheritdoc/>
    public void Dispose() => output.Dispose();

    private void Compare(long offset, ReadOnlySpan<byte> piece)
    {
        var wanted = (int)Math.Min(MediumReader.BufferSize, Length - offset);
        if (piece.Length < wanted) throw Differs(offset + piece.Length);
        for (var at = 0; at < piece.Length; at += BlockDigests.BlockSize)
        {
            var block = piece[at..Math.Min(piece.Length, at + BlockDigests.BlockSize)];
            if (HeldBack.Any(h => offset + at >= h.Start && offset + at < h.End)) continue;
            if (block.Length < BlockDigests.BlockSize)
            {
                // The image's last block: what lies behind it does not count.
                Array.Clear(_block);
                block.CopyTo(_block);
                block = _block;
            }

            if (BlockDigests.Of(block) != _digests[(offset + at) / BlockDigests.BlockSize]) throw Differs(offset + at);
        }
    }

    private VerificationException Differs(long offset) =>
        new($"{ShownPath}: what was written at byte {offset} to {Math.Min(Length, offset + BlockDigests.BlockSize) - 1} does not read back ({MismatchLocator.Describe(output, offset)}); the medium is defective", offset);

    private void Merge(long offset, ReadOnlySpan<byte> data)
    {
        var block = offset / BlockDigests.BlockSize;
        var start = block * BlockDigests.BlockSize;
        Array.Clear(_block);
        if (_digests[block] is not 0 and var expected)
        {
            output.Read(start, _block.AsSpan(0, (int)Math.Min(BlockDigests.BlockSize, Math.Max(Length, _written) - start)));
            if (BlockDigests.Of(_block) != expected) throw Differs(start);
        }

        data.CopyTo(_block.AsSpan((int)(offset - start)));
        _digests[block] = BlockDigests.Of(_block);
    }
}
