using EtchStream.Formats.Unix;
using static EtchStream.Formats.Tar.TarHeaderLayout;

namespace EtchStream.Formats.Tar;

/// <summary>
/// Writes a tar archive front to back: POSIX ustar where that can say everything, PAX extended headers where it cannot,
/// GNU sparse format 1.0 for files with holes. The same calls give the same bytes, always.
/// </summary>
/// <remarks>
/// Use: <see cref="WriteEntryAsync"/>, then <see cref="WriteContentAsync"/> until the announced content is complete, …, and
/// <see cref="FinishAsync"/>. Small writes are gathered; large ones go to the output without a copy. Disposing does not
/// finish the archive, so that one that broke off is not mistaken for a whole one.
/// </remarks>
public sealed class TarWriter : IAsyncDisposable
{
    private const int BufferSize = 128 * 1024;

    /// <summary>From here on a copy costs more than a call of the output's own write.</summary>
    private const int DirectSize = 16 * 1024;

    private readonly Stream _output;
    private readonly bool _leaveOpen;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly TarHeaderBuilder _builder = new();
    private int _buffered;
    private int _padding;
    private bool _finished;

    /// <summary>Writes to <paramref name="output"/> from where it stands.</summary>
    /// <param name="output">Any writable stream.</param>
    /// <param name="leaveOpen">True to leave the stream to the caller when this is disposed.</param>
    public TarWriter(Stream output, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _leaveOpen = leaveOpen;
    }

    /// <summary>Bytes of the archive so far, those still gathered here included.</summary>
    public long Position { get; private set; }

    /// <summary>Content that the current entry has announced and not yet got, in bytes.</summary>
    public long ContentRemaining { get; private set; }

    /// <summary>Writes an entry's headers. Its <see cref="TarEntry.ContentLength"/> bytes of content must follow.</summary>
    /// <param name="entry">What to write. The name of a directory gets the slash at its end where that is missing.</param>
    /// <param name="cancellationToken">Cancels the write to the output.</param>
    /// <exception cref="InvalidOperationException">The content of the entry before is not complete, or the archive is finished.</exception>
    /// <exception cref="ArgumentException">The entry contradicts itself: a link without a target, a sparse map beyond the file's size and the like.</exception>
    /// <exception cref="UnsupportedFormatException">The entry is a socket.</exception>
    public ValueTask WriteEntryAsync(TarEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ThrowIfIncomplete();
        TarEntryRules.ThrowIfInvalid(entry);

        var name = entry.Name;
        if (entry.Kind == FileKind.Directory && name[^1] != '/') name = [.. name, (byte)'/'];
        var length = entry.Kind == FileKind.File ? entry.ContentLength : 0;
        _builder.Build(entry, name, length);
        ContentRemaining = length;
        _padding = PaddingOf(length);
        return WriteAsync(_builder.Blocks, cancellationToken);
    }

    /// <summary>Writes the next bytes of the current entry's content.</summary>
    /// <exception cref="InvalidOperationException">More than was announced.</exception>
    public ValueTask WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        if (content.Length > ContentRemaining)
        {
            throw new InvalidOperationException($"{content.Length} bytes of content were given, but the entry has only {ContentRemaining} left of what it announced.");
        }

        ContentRemaining -= content.Length;
        if (ContentRemaining > 0 || _padding == 0) return WriteAsync(content, cancellationToken);
        return WriteLastAsync(content, cancellationToken);
    }

    /// <summary>Writes members that were composed elsewhere, by another writer that was flushed and not finished, as they are.</summary>
    /// <param name="members">Whole members over all calls; one call may end within a member, if the next of these goes on there.</param>
    /// <param name="cancellationToken">Cancels the write to the output.</param>
    /// <exception cref="InvalidOperationException">The content of the last entry is not complete, or the archive is finished.</exception>
    public ValueTask WriteMembersAsync(ReadOnlyMemory<byte> members, CancellationToken cancellationToken = default)
    {
        ThrowIfIncomplete();
        return WriteAsync(members, cancellationToken);
    }

    /// <summary>
    /// Closes the archive with two zero blocks and flushes the output. Nothing more is added: the archive is not filled up to a record of 10 KiB,
    /// which only tapes need.
    /// </summary>
    /// <exception cref="InvalidOperationException">The content of the last entry is not complete, or the archive was finished before.</exception>
    public async ValueTask FinishAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfIncomplete();
        _finished = true;
        await WriteZerosAsync(2 * BlockSize, cancellationToken).ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands everything gathered so far to the output and flushes that.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        await EmptyBufferAsync(cancellationToken).ConfigureAwait(false);
        await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _leaveOpen ? ValueTask.CompletedTask : _output.DisposeAsync();

    private void ThrowIfIncomplete()
    {
        if (_finished) throw new InvalidOperationException("The archive is finished.");
        if (ContentRemaining > 0) throw new InvalidOperationException($"The entry before still lacks {ContentRemaining} bytes of the content that it announced.");
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length >= DirectSize || bytes.Length > BufferSize - _buffered) return WriteSlowAsync(bytes, cancellationToken);
        bytes.Span.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
        Position += bytes.Length;
        return ValueTask.CompletedTask;
    }

    private async ValueTask WriteSlowAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await EmptyBufferAsync(cancellationToken).ConfigureAwait(false);
        if (bytes.Length >= DirectSize)
        {
            await _output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            bytes.Span.CopyTo(_buffer);
            _buffered = bytes.Length;
        }

        Position += bytes.Length;
    }

    private ValueTask WriteLastAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var write = WriteAsync(content, cancellationToken);
        return write.IsCompletedSuccessfully ? WriteZerosAsync(_padding, cancellationToken) : WriteLastSlowAsync(write, cancellationToken);
    }

    private async ValueTask WriteLastSlowAsync(ValueTask write, CancellationToken cancellationToken)
    {
        await write.ConfigureAwait(false);
        await WriteZerosAsync(_padding, cancellationToken).ConfigureAwait(false);
    }

    private static readonly byte[] Zeros = new byte[2 * BlockSize];

    private ValueTask WriteZerosAsync(int count, CancellationToken cancellationToken)
    {
        _padding = 0;
        return WriteAsync(Zeros.AsMemory(0, count), cancellationToken);
    }

    private async ValueTask EmptyBufferAsync(CancellationToken cancellationToken)
    {
        if (_buffered == 0) return;
        var count = _buffered;
        _buffered = 0;
        await _output.WriteAsync(_buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
    }
}
