using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tar;

/// <summary>
/// Reads a tar archive front to back from a source that need not seek: v7, ustar, GNU and PAX, with every sparse form of
/// GNU tar. Names, values and attributes stay bytes; the bytes of the headers themselves can be looked at.
/// </summary>
/// <remarks>
/// <para>Use: <see cref="ReadEntryAsync"/>, then <see cref="ReadContentAsync"/> until it gives nothing (or not at all: the next entry skips it).
/// One call at a time; after an error or a cancelled call the reader refuses to go on.</para>
/// <para>Content goes from the source's buffer to the caller without a copy. A call completes synchronously whenever the
/// source has the bytes at hand.</para>
/// <para>Hostile input: sizes are checked before anything is reserved, what is held for one member is bounded by
/// <see cref="TarLimits"/>, and each step consumes input, so that reading ends.</para>
/// </remarks>
public sealed partial class TarReader
{
    private enum Step
    {
        /// <summary>A block that is a header or zero is being collected.</summary>
        Header,

        /// <summary>One zero block was there, the next must be one too.</summary>
        SecondZeroBlock,

        /// <summary>The data of an x, g, L or K header is being collected.</summary>
        Extension,

        /// <summary>An extension block of an old GNU sparse header is being collected.</summary>
        SparseExtension,

        /// <summary>A block of the map in front of the content (GNU sparse 1.0) is being collected.</summary>
        SparseMapBlock,

        /// <summary>The block behind a hard link with a size is being collected: a header, or content?</summary>
        LinkPeek,

        /// <summary>The end was read.</summary>
        Ended,
    }

    private readonly ByteSource _source;

    // All header blocks of the current entry, one behind the other as in the archive: index i lies at _entryOffset + i.
    private byte[] _raw = new byte[16 * TarHeaderLayout.BlockSize];
    private int _rawLength;
    private int _target;
    private int _headerLength;
    private long _entryOffset;

    private readonly byte[] _padding = new byte[TarHeaderLayout.BlockSize];
    private int _paddingLength;
    private int _paddingRemaining;

    // Content that was read by LinkPeek and lies in _raw behind the header.
    private int _peekedStart;
    private int _peekedLength;
    private int _peekedPaddingLength;

    private Step _step = Step.Header;
    private bool _busy;
    private bool _hasPeekedHeader;
    private TarEntry? _entry;

    /// <summary>Reads the archive that begins at the source's position. The source stays the caller's to dispose.</summary>
    public TarReader(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
    }

    /// <summary>
    /// Takes the end of the stream for the archive's end where it comes behind the content of an entry (the padding up to
    /// the next block may be cut short or missing), behind a global header, or behind a single zero block. Off by default:
    /// without the two zero blocks nothing in a tar says that it is whole. For archives whose completeness something else
    /// proves, such as a layer's digest; container engines read those (Go's archive/tar, <c>Reader.Next</c>).
    /// </summary>
    public bool AllowMissingEnd { get; init; }

    /// <summary>
    /// Takes global extended headers (type <c>g</c>) for bytes without meaning: their records are neither read nor applied to
    /// the members behind them. So do container engines; POSIX has them applied, which is the default. Their blocks are part
    /// of <see cref="RawHeader"/> all the same.
    /// </summary>
    public bool IgnoreGlobalHeaders { get; init; }

    /// <summary>
    /// Takes extended attributes from <c>SCHILY.xattr.*</c> records alone, as container engines do. Off by default: GNU tar and
    /// libarchive read more.
    /// </summary>
    public bool SchilyXattrsOnly { get; init; }

    /// <summary>
    /// Takes the slash at the end of a file's name for the mark of a directory only where the member's type is NUL, as in v7. A
    /// file of type <c>0</c> stays one then, with its content, and its <see cref="TarEntry.Name"/> keeps the slash: so in Go's
    /// archive/tar, and in container engines. Off by default: for GNU tar and libarchive it is a directory.
    /// </summary>
    public bool FolderSlashNeedsNulType { get; init; }

    /// <summary>Bytes of the current entry's content that <see cref="ReadContentAsync"/> has not handed out yet.</summary>
    public long ContentRemaining { get; private set; }

    /// <summary>
    /// All header blocks of the current entry as they stand in the archive: extension headers with data and padding, the
    /// header, sparse extension blocks, and the map in front of the content of a GNU sparse 1.0 member. After the last
    /// entry: the two zero blocks (with <see cref="AllowMissingEnd"/> one of them or none), behind global headers where such
    /// stand there. Padding, header and content of all entries, the pieces of the end, and what <see cref="DrainAsync"/> skips
    /// add up to the stream, byte for byte. Valid until the next <see cref="ReadEntryAsync"/>.
    /// </summary>
    public ReadOnlyMemory<byte> RawHeader => _raw.AsMemory(0, _headerLength);

    /// <summary>The bytes (0 to 511) between the end of the previous entry's content and the current entry's first header block. Valid until the next <see cref="ReadEntryAsync"/>.</summary>
    public ReadOnlyMemory<byte> RawPadding => _padding.AsMemory(0, _paddingLength);

    /// <summary>Reads the next entry's headers, after skipping what is left of the current one.</summary>
    /// <returns>The entry, or null at the archive's end (the source then stands right behind the two zero blocks, or at its own end).</returns>
    /// <exception cref="CorruptFormatException">A header is broken, or the stream ends before the archive does.</exception>
    /// <exception cref="UnsupportedFormatException">A member is of a kind that cannot be carried over.</exception>
    public ValueTask<TarEntry?> ReadEntryAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        if (_step != Step.Ended) Begin();
        if (_step != Step.Ended && !Advance()) return ReadEntrySlowAsync(cancellationToken);
        _busy = false;
        return new ValueTask<TarEntry?>(_entry);
    }

    /// <summary>Gives the next window of the current entry's content (for a sparse member: its stretches of data, one behind the other).</summary>
    /// <remarks>A hard link can have content too, though its <see cref="TarEntry.Size"/> is 0: a copy of its target's ("pax -o linkdata").</remarks>
    /// <returns>Bytes in the source's buffer, valid until the next call on this reader; empty at the content's end.</returns>
    /// <exception cref="CorruptFormatException">The stream ends within the content.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReadContentAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        if (ContentRemaining > 0 && _peekedLength == 0 && _source.Window.IsEmpty) return ReadContentSlowAsync(cancellationToken);
        _busy = false;
        return new ValueTask<ReadOnlyMemory<byte>>(NextContent());
    }

    /// <summary>Skips what is left of the current entry's content. A source that can be positioned does not read it.</summary>
    /// <exception cref="CorruptFormatException">The stream ends within the content.</exception>
    public async ValueTask SkipContentAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        if (_peekedLength > 0) NextContent();
        ContentRemaining -= await _source.SkipAsync(ContentRemaining, cancellationToken).ConfigureAwait(false);
        if (ContentRemaining > 0) throw Truncated("content of a tar member");
        _busy = false;
    }

    /// <summary>
    /// After the last entry: reads on to the end of the stream, over the zeros that fill GNU tar's last record or whatever
    /// else follows, so that a pipe's writer is not cut off and a digest over the stream is complete.
    /// </summary>
    /// <returns>How many bytes followed the end blocks.</returns>
    public async ValueTask<long> DrainAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        if (_step != Step.Ended) throw new InvalidOperationException("The archive's end has not been read yet.");
        var count = await _source.SkipAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
        _busy = false;
        return count;
    }

    private void Enter()
    {
        if (_busy) throw new InvalidOperationException("A call on this reader failed, was cancelled, or has not ended yet.");
        _busy = true;
    }

    private void Begin()
    {
        _entry = null;
        ContentRemaining -= _peekedLength;
        _peekedLength = 0;
        _raw.AsSpan(_rawLength - _peekedPaddingLength, _peekedPaddingLength).CopyTo(_padding);
        _paddingLength = _peekedPaddingLength;
        _peekedPaddingLength = 0;
        _headerLength = 0;

        if (_hasPeekedHeader)
        {
            _raw.AsSpan(_rawLength - TarHeaderLayout.BlockSize, TarHeaderLayout.BlockSize).CopyTo(_raw);
            _hasPeekedHeader = false;
            _rawLength = _target = TarHeaderLayout.BlockSize;
        }
        else
        {
            _rawLength = 0;
            _target = TarHeaderLayout.BlockSize;
        }

        _step = Step.Header;
        ResetExtensions();
    }

    private ReadOnlyMemory<byte> NextContent()
    {
        ReadOnlyMemory<byte> content;
        if (_peekedLength > 0)
        {
            content = _raw.AsMemory(_peekedStart, _peekedLength);
            _peekedLength = 0;
        }
        else
        {
            var window = _source.Window;
            content = window.Length <= ContentRemaining ? window : window[..(int)ContentRemaining];
            _source.Consume(content.Length);
        }

        ContentRemaining -= content.Length;
        return content;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadContentSlowAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (!await _source.FillAsync(cancellationToken).ConfigureAwait(false)) throw Truncated("content of a tar member");
        }
        while (_source.Window.IsEmpty);
        _busy = false;
        return NextContent();
    }

    private async ValueTask<TarEntry?> ReadEntrySlowAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (!await _source.FillAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!EndWithoutBlocks()) throw Truncated(_step == Step.Header && _rawLength == 0 && ContentRemaining > 0 ? "content of a tar member" : "tar archive");
                break;
            }
        }
        while (!Advance());
        _busy = false;
        return _entry;
    }

    /// <summary>Goes on as far as the window allows.</summary>
    /// <returns>True when the entry (or the end) is there, false when more bytes are needed.</returns>
    private bool Advance()
    {
        while (SkipContent() && Collect())
        {
            if (ProcessStep()) return true;
        }

        return false;
    }

    private bool SkipContent()
    {
        if (ContentRemaining > 0)
        {
            var count = (int)Math.Min(ContentRemaining, _source.Window.Length);
            _source.Consume(count);
            ContentRemaining -= count;
            if (ContentRemaining > 0) return false;
        }

        if (_paddingRemaining > 0)
        {
            var count = Math.Min(_paddingRemaining, _source.Window.Length);
            _source.Window.Span[..count].CopyTo(_padding.AsSpan(_paddingLength));
            _source.Consume(count);
            _paddingLength += count;
            _paddingRemaining -= count;
        }

        return _paddingRemaining == 0;
    }

    private bool Collect()
    {
        if (_rawLength == _target) return true;
        var count = Math.Min(_target - _rawLength, _source.Window.Length);
        _source.Window.Span[..count].CopyTo(_raw.AsSpan(_rawLength));
        _source.Consume(count);
        _rawLength += count;
        return _rawLength == _target;
    }

    /// <summary>Asks for more header bytes. The caller has checked that the sum stays within the limits.</summary>
    private void Want(int count)
    {
        _target = _rawLength + count;
        if (_target > _raw.Length) Array.Resize(ref _raw, Math.Max(_target, Math.Min(_raw.Length * 2, Array.MaxLength)));
    }

    /// <summary>The stream has ended: whether the archive may end here, too.</summary>
    private bool EndWithoutBlocks()
    {
        if (!AllowMissingEnd || ContentRemaining > 0) return false;
        if (_step == Step.LinkPeek && _rawLength == _headerLength)
        {
            FinishEntry(0);
            return true;
        }

        // Behind a hard link with a size, a part of a block could be content as well as a header that is cut off: no end either.
        var isBoundary = _step switch
        {
            Step.Header or Step.SecondZeroBlock => _rawLength == _target - TarHeaderLayout.BlockSize,
            Step.Extension => _extensionType == (byte)'g' && _rawLength - _extensionStart >= _extensionLength,
            _ => false,
        };
        if (!isBoundary || _hasExtension) return false;
        _paddingRemaining = 0;
        _headerLength = _rawLength;
        _step = Step.Ended;
        return true;
    }

    private CorruptFormatException Truncated(string structure) =>
        new(structure, _source.Position, "truncated: the stream ends here, before the two zero blocks that close an archive");
}
