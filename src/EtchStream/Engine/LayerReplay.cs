using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Trees;

namespace EtchStream.Engine;

/// <summary>
/// A layer's tar, rebuilt from what an engine keeps of it: the records of tar-split, and the files in the layer's <c>diff</c>. Whether
/// it is the very tar, its digest tells, which is the layer's diff ID.
/// </summary>
internal sealed class LayerReplay : Stream
{
    private readonly IFileTree _tree;
    private readonly byte[] _diff;
    private readonly string _name;
    private readonly TarSplitReader _records;
    private ReadOnlyMemory<byte> _segment;
    private TarSplitRecord? _file;
    private Stream? _content;
    private long _remaining;
    private ulong _checksum;
    private bool _isAtEnd;

    private LayerReplay(IFileTree tree, TarSplitReader records, byte[] diff, string name)
    {
        _tree = tree;
        _records = records;
        _diff = diff;
        _name = name;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a layer's tar for one reading.</summary>
    /// <param name="tree">The tree that the store is in.</param>
    /// <param name="tarSplit">Path of the layer's <c>tar-split.json.gz</c>.</param>
    /// <param name="diff">Path of the layer's folder <c>diff</c>.</param>
    /// <param name="name">What messages call the layer.</param>
    /// <returns>
    /// A stream whose reads throw <see cref="CorruptFormatException"/> where a record is broken, or a file is missing, longer, shorter or
    /// of another content.
    /// </returns>
    /// <exception cref="CorruptFormatException">There is no tar-split.</exception>
    public static LayerReplay Open(IFileTree tree, string tarSplit, string diff, string name)
    {
        if (tree.Find(tarSplit) is not { Kind: FileKind.File } file) throw new CorruptFormatException(name, -1, "it has no tar-split.json.gz");
        return new LayerReplay(tree, new TarSplitReader(tree.Open(file), $"tar-split of {name}"), System.Text.Encoding.UTF8.GetBytes(diff), name);
    }

    /// <summary>Bytes of a layer's tar. Reads its records, and no file.</summary>
    public static long Measure(IFileTree tree, string tarSplit, string name)
    {
        if (tree.Find(tarSplit) is not { Kind: FileKind.File } file) throw new CorruptFormatException(name, -1, "it has no tar-split.json.gz");
        using var records = new TarSplitReader(tree.Open(file), $"tar-split of {name}");
        long length = 0;
        while (records.Read() is { } record) length = record.Length <= long.MaxValue - length ? length + record.Length : throw new CorruptFormatException(name, -1, "its sizes cannot be");
        return length;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (!_isAtEnd)
        {
            if (!_segment.IsEmpty)
            {
                var count = Math.Min(buffer.Length, _segment.Length);
                _segment.Span[..count].CopyTo(buffer);
                _segment = _segment[count..];
                return count;
            }

            if (_content is not null)
            {
                var count = ReadContent(buffer);
                if (count > 0) return count;
            }
            else
            {
                Advance();
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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
            _content?.Dispose();
            _records.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Advance()
    {
        switch (_records.Read())
        {
            case null:
                _isAtEnd = true;
                break;
            case { Segment: { } segment }:
                _segment = segment;
                break;
            case { Size: > 0 } file:
                Begin(file);
                break;
        }
    }

    private void Begin(TarSplitRecord file)
    {
        if (LinkResolver.Find(_tree, _diff, file.Name) is not { Kind: FileKind.File } found) throw Wrong(file, "is missing from its files");
        if (found.Size != file.Size) throw Wrong(file, $"has {found.Size} bytes among its files, where the layer had {file.Size}");
        _file = file;
        _content = _tree.Open(found);
        _remaining = file.Size;
        _checksum = 0;
    }

    private int ReadContent(Span<byte> buffer)
    {
        var file = _file!;
        if (_remaining == 0)
        {
            _content!.Dispose();
            _content = null;
            return file.Checksum is { } checksum && checksum != _checksum ? throw Wrong(file, "has another content than the layer had") : 0;
        }

        var count = _content!.Read(buffer.Length > _remaining ? buffer[..(int)_remaining] : buffer);
        if (count == 0) throw Wrong(file, $"ends {_remaining} bytes early");
        if (file.Checksum is not null) _checksum = Crc64.Compute(buffer[..count], _checksum);
        _remaining -= count;
        return count;
    }

    private CorruptFormatException Wrong(TarSplitRecord file, string problem) => new(_name, -1, $"its file {PathText.Of(file.Name)} {problem}");
}
