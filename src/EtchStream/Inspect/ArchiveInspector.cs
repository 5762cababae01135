using System.Text;
using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Unpack;

namespace EtchStream.Inspect;

/// <summary>
/// Looks through an archive without writing anything: what is in it, how much for which partition, and whether it is whole. Either all of
/// it is read, and its digest compared, or, in a file, its headers alone. A damaged archive gives a report too, of what there is up to the
/// damage.
/// </summary>
internal sealed class ArchiveInspector
{
    private const int HashBacklog = 4;
    private const int ReadAhead = 8;

    private readonly Dictionary<string, ArchivePartitionReport> _bySelector = new(StringComparer.Ordinal);
    private readonly List<ArchivePartitionReport> _partitions = [];
    private readonly ArchiveStore _store = new();
    private readonly ArchiveHashStage? _hash;
    private ArchiveManifest? _manifest;
    private ArchiveTrailer? _trailer;
    private bool _isSigned;
    private ArchiveImageReport? _image;
    private long _trailerOffset;
    private long _size;
    private bool _hasEnd;
    private string? _problem;

    private ArchiveInspector(ArchiveHashStage? hash) => _hash = hash;

    /// <summary>Reads all of <paramref name="input"/>.</summary>
    /// <exception cref="IOException">The input cannot be read.</exception>
    public static async Task<ArchiveReport> ReadAsync(Stream input, string? compression, CancellationToken cancellationToken)
    {
        var hash = new ArchiveHashStage();
        var inspector = new ArchiveInspector(hash);
        await inspector.ReadAllAsync(input, hash, cancellationToken).ConfigureAwait(false);
        return inspector.Report(compression);
    }

    /// <summary>Reads the headers in <paramref name="file"/>, manifest and trailer, and goes over what is between them.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<ArchiveReport> SkimAsync(Stream file, CancellationToken cancellationToken)
    {
        var inspector = new ArchiveInspector(hash: null);
        await using var source = new SeekableByteSource(file);
        try
        {
            await inspector.WalkAsync(source, held: null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsDamage(e))
        {
            inspector._problem = e.Message;
        }

        inspector._size = source.Position;
        return inspector.Report(compression: null);
    }

    private static bool IsDamage(Exception e) => e is CorruptFormatException or UnsupportedFormatException or UnsafePathException;

    private async Task ReadAllAsync(Stream input, ArchiveHashStage hash, CancellationToken cancellationToken)
    {
        var buffers = StageScope.CreateChannel<PooledBuffer>(ReadAhead);
        var consumed = StageScope.CreateChannel<PooledBuffer>(HashBacklog);
        var source = new ChannelByteSource(buffers.Reader, consumed.Writer);
        try
        {
            await using var scope = new StageScope(cancellationToken);
            scope.Start(buffers.Writer, token => new BufferedReadStage(input).RunAsync(buffers.Writer, token));
            scope.Start(token => hash.RunAsync(consumed.Reader, token));
            scope.Start(consumed.Writer, token => WalkAsync(source, source, token));
            await scope.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsDamage(e))
        {
            _problem = e.Message;
        }
        finally
        {
            _size = source.Position;
            await source.DisposeAsync().ConfigureAwait(false);
            while (consumed.Reader.TryRead(out var buffer)) buffer.Dispose();
        }
    }

    /// <summary>Goes from header to header.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="held">The same where it is hashed: what it hands on waits until a header is understood.</param>
    /// <param name="cancellationToken">Stops it.</param>
    private async Task WalkAsync(ByteSource source, ChannelByteSource? held, CancellationToken cancellationToken)
    {
        var archive = new TarReader(source);
        while (true)
        {
            held?.Hold = true;
            var entry = await archive.ReadEntryAsync(cancellationToken).ConfigureAwait(false);
            if (entry is null) break;
            var kind = Classify(entry, out var chain);
            if (held is not null) await held.ReleaseAsync(source.Position - (entry.Kind == FileKind.HardLink ? 512 : 0), cancellationToken).ConfigureAwait(false);
            if (chain is not null) _store.TakeSize(chain, await ReadSmallAsync(archive, entry, ArchiveStore.MaxSizeLength, cancellationToken).ConfigureAwait(false));
            if (kind is ArchiveNameKind.Manifest) _manifest = ArchiveManifest.Parse(await ReadSmallAsync(archive, entry, ArchiveManifest.MaxLength, cancellationToken).ConfigureAwait(false));
            if (kind is ArchiveNameKind.Trailer) _trailer = ArchiveTrailer.Parse(await ReadSmallAsync(archive, entry, ArchiveTrailer.MaxLength, cancellationToken).ConfigureAwait(false));
            if (kind is ArchiveNameKind.Other) await TakeImageAsync(archive, entry, cancellationToken).ConfigureAwait(false);

            // Not left to the next header: while one is read, buffers are held back.
            await archive.SkipContentAsync(cancellationToken).ConfigureAwait(false);
        }

        _hasEnd = true;
        if (held is not null) await held.ReleaseAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
        await ArchiveEnd.SkipPaddingAsync(source, cancellationToken).ConfigureAwait(false);
    }

    private ArchiveNameKind Classify(TarEntry entry, out string? chain)
    {
        chain = null;
        var path = ArchivePath.Parse(entry.Name);
        if (path.Place == ArchivePlace.TopLevel && path.Path.SequenceEqual("etch-trailer.sig"u8))
        {
            if (_trailer is null || _isSigned || entry is not { Kind: FileKind.File, Size: > 0 and <= ArchiveNames.MaxSignatureLength }) _problem ??= "its signature is out of place, or no file of a signature's length";
            _isSigned = true;
            return ArchiveNameKind.Signature;
        }

        if (_trailerOffset > 0) _problem ??= $"{PathText.Of(entry.Name)} follows the trailer";
        switch (path.Place)
        {
            case ArchivePlace.PartitionContent:
            case ArchivePlace.PartitionFolder when _manifest is not null:
                Count(entry, path.Partition);
                if (_manifest is not null && entry is { Kind: FileKind.File, Size: <= ArchiveStore.MaxSizeLength }) chain = _store.ChainOfSize(_manifest, path);
                return ArchiveNameKind.Inject;
            case ArchivePlace.TopLevel when path.Path.SequenceEqual("manifest.json"u8) && _manifest is null && _image is null:
                return ArchiveNameKind.Manifest;
            case ArchivePlace.TopLevel when path.Path.SequenceEqual("etch-trailer.json"u8):
                _trailerOffset = entry.HeaderOffset;
                _hash?.EndAt(entry.HeaderOffset);
                return ArchiveNameKind.Trailer;
            case ArchivePlace.TopLevel:
                return ArchiveNameKind.Other;
            default:
                return ArchiveNameKind.Root;
        }
    }

    private void Count(TarEntry entry, ReadOnlySpan<byte> partition)
    {
        if (_image is null && entry.Kind != FileKind.Directory) _problem ??= $"{PathText.Of(entry.Name)} comes before the disk image; put the image first";
        var selector = Encoding.UTF8.GetString(partition);
        if (!_bySelector.TryGetValue(selector, out var report))
        {
            report = new ArchivePartitionReport { Selector = selector };
            _bySelector.Add(selector, report);
            _partitions.Add(report);
        }

        report.Entries++;
        switch (entry.Kind)
        {
            case FileKind.File:
                report.Files++;
                report.Bytes += entry.ContentLength;
                break;
            case FileKind.Directory:
                report.Directories++;
                break;
            case FileKind.SymbolicLink:
                report.SymbolicLinks++;
                break;
            case FileKind.HardLink:
                report.HardLinks++;
                break;
            default:
                report.Nodes++;
                break;
        }
    }

    private async Task TakeImageAsync(TarReader archive, TarEntry entry, CancellationToken cancellationToken)
    {
        if (_manifest is null) _hash?.Stop();
        var name = PathText.Of(entry.Name);
        if (entry.Kind != FileKind.File || _image is not null)
        {
            _problem ??= $"{name} has no place in an etch archive";
            return;
        }

        var head = new byte[CompressionDetector.BytesWanted];
        var count = 0;
        while (count < head.Length && archive.ContentRemaining > 0)
        {
            var window = await archive.ReadContentAsync(cancellationToken).ConfigureAwait(false);
            var taken = Math.Min(window.Length, head.Length - count);
            window[..taken].CopyTo(head.AsMemory(count));
            count += taken;
        }

        var format = entry.DataRuns is null ? CompressionDetector.Detect(head.AsSpan(0, count)) : CompressionFormat.None;
        _image = new ArchiveImageReport(name, entry.Size, entry.ContentLength, format == CompressionFormat.None ? null : ArchiveReadStage.NameOf(format));
    }

    private static async Task<byte[]> ReadSmallAsync(TarReader archive, TarEntry entry, int maxLength, CancellationToken cancellationToken)
    {
        if (entry.Size > maxLength) throw new CorruptFormatException($"archive member {PathText.Of(entry.Name)}", entry.HeaderOffset, $"it is longer than {maxLength} bytes");
        using var bytes = new MemoryStream();
        while (archive.ContentRemaining > 0) bytes.Write((await archive.ReadContentAsync(cancellationToken).ConfigureAwait(false)).Span);
        return bytes.ToArray();
    }

    private ArchiveReport Report(string? compression)
    {
        var problem = _problem ?? Verify();
        var store = _manifest is null ? null : _store.Report(_manifest);
        return new ArchiveReport
        {
            Compression = compression,
            Size = _size,
            Version = _manifest?.Version,
            Containers = _manifest?.Containers,
            Services = _manifest?.Apps,
            Store = store,
            Apps = _manifest?.Apps is { } apps ? ArchiveStore.Resolve(apps, store) : null,
            IsComplete = _hasEnd && problem is null,
            IsRead = _hash is not null,
            Problem = problem,
            Sha256 = problem is null && _hash is not null ? _trailer?.Archive.Sha256 : null,
            StatedSha256 = _trailer?.Archive.Sha256,
            IsSigned = _isSigned,
            Image = _image,
            Partitions = _partitions,
        };
    }

    private string? Verify()
    {
        if (_image is null) return "it holds no disk image";
        if (_manifest is null) return _trailer is null ? null : "it has a trailer without a manifest";
        if (_trailer is null) return "it has a manifest, but no trailer: it is not complete";
        if (_trailer.Archive.Length != _trailerOffset) return $"the trailer stands for {_trailer.Archive.Length} bytes, and {_trailerOffset} came before it";
        if (_hash is not null && _trailer.Archive.Sha256 != Convert.ToHexStringLower(_hash.Digest ?? [])) return "its bytes are not those that were packed (SHA-256 differs); it was damaged or altered since, fetch it anew";
        foreach (var promised in _trailer.Partitions)
        {
            var found = _bySelector.GetValueOrDefault(promised.Partition);
            if ((found?.Entries ?? 0) != promised.Entries || (found?.Bytes ?? 0) != promised.Bytes) return $"the trailer's counts for partition {promised.Partition} differ from what is there";
        }

        return null;
    }
}
