using System.Text;
using EtchStream.Archive;
using EtchStream.Archive.Signing;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Unpack.Growth;
using EtchStream.Unpack.Images;
using EtchStream.Unpack.Injecting;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack;

/// <summary>
/// Takes the archive apart: manifest, image, files, trailer, each to where it belongs. The order is that of one pass: the image
/// has to be written before files can go into its partitions.
/// </summary>
/// <remarks>
/// Nothing is skipped in silence. What an archive made by hand holds beside the image and <c>inject/</c>: its root folder, the
/// folder <c>inject</c> and one folder for each partition. These folders are containers only: their owner and mode say nothing
/// about the root folder of a partition, which stays as it is. In an etch archive, with its manifest, <c>inject/6/</c> is a member
/// like any other: it was put there to give the partition's root folder its owner, mode and attributes.
/// </remarks>
internal sealed class DemuxStage
{
    // Headers of folders that come before the image and wait for it.
    private const int MaxEarlyBytes = 4 * 1024 * 1024;

    private const int TarBlock = 512;

    private readonly ChannelByteSource _source;
    private readonly ArchiveHashStage _hash;
    private readonly ImageExtractor _image;
    private readonly WriteCombiner _combiner;
    private readonly UnpackCounters _counters;
    private readonly Func<ArchiveManifest?, PartitionSplicer> _createSplicer;
    private readonly List<TarEntry> _earlyFolders = [];
    private readonly TarReader _archive;
    private int _earlyBytes;

    public DemuxStage(ChannelByteSource source, ArchiveHashStage hash, ImageExtractor image, WriteCombiner combiner, UnpackCounters counters, Func<ArchiveManifest?, PartitionSplicer> createSplicer)
    {
        _source = source;
        _hash = hash;
        _image = image;
        _combiner = combiner;
        _counters = counters;
        _createSplicer = createSplicer;
        _archive = new TarReader(source);
    }

    /// <summary>Whether the image may become larger.</summary>
    public GrowOptions Grow { get; init; } = GrowOptions.None;

    /// <summary>Whether the image's partitions are worked on even where nothing goes into them.</summary>
    public bool AlwaysSplices { get; init; }

    public ArchiveManifest? Manifest { get; private set; }

    public ArchiveTrailer? Trailer { get; private set; }

    /// <summary>Where the trailer starts, which is how many bytes its digest covers.</summary>
    public long TrailerOffset { get; private set; }

    /// <summary>The trailer as it came, which is what a signature is over.</summary>
    public byte[]? TrailerBytes { get; private set; }

    /// <summary>The signature; null when the archive has none.</summary>
    public byte[]? Signature { get; private set; }

    /// <summary>Whether an archive that cannot be signed is refused at once.</summary>
    public bool IsSignatureAsked { get; init; }

    public string? ImageName { get; private set; }

    /// <summary>Bytes of the archive, with its padding.</summary>
    public long ArchiveBytes { get; private set; }

    /// <summary>Writes the files; null when the archive had none.</summary>
    public PartitionSplicer? Splicer { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _source.Hold = true;
            var entry = await _archive.ReadEntryAsync(cancellationToken).ConfigureAwait(false);
            if (entry is null) break;
            var handled = Classify(entry);

            // The reader looks one block ahead behind some hard links: that block may be the trailer's.
            await _source.ReleaseAsync(_source.Position - (entry.Kind == FileKind.HardLink ? TarBlock : 0), cancellationToken).ConfigureAwait(false);
            switch (handled)
            {
                case Member.Content:
                    await CopyContentAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case Member.Repositories:
                    await MergeAsync(entry, cancellationToken).ConfigureAwait(false);
                    break;
                case Member.Image:
                    await TakeImageAsync(entry, cancellationToken).ConfigureAwait(false);
                    break;
                case Member.Manifest:
                    Manifest = ArchiveManifest.Parse(await ReadSmallAsync(entry, ArchiveManifest.MaxLength, cancellationToken).ConfigureAwait(false));
                    CapacityCheck.Run(Manifest, trailer: null, Grow);
                    break;
                case Member.Trailer:
                    TrailerBytes = await ReadSmallAsync(entry, ArchiveTrailer.MaxLength, cancellationToken).ConfigureAwait(false);
                    Trailer = ArchiveTrailer.Parse(TrailerBytes);
                    break;
                case Member.Signature:
                    Signature = await ReadSmallAsync(entry, ArchiveNames.MaxSignatureLength, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    break;
            }
        }

        _counters.CurrentName = null;
        await _source.ReleaseAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
        await ArchiveEnd.SkipPaddingAsync(_source, cancellationToken).ConfigureAwait(false);
        ArchiveBytes = _source.Position;
        CheckComplete();
    }

    /// <summary>Adds what the user gives beside the archive, which has been read to its end.</summary>
    public async Task InjectAsync(Injections injections, CancellationToken cancellationToken)
    {
        if (injections.IsEmpty) return;
        Splicer ??= _createSplicer(Manifest);
        await injections.WriteAsync(new InjectionSink(Splicer, _counters), Splicer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what the file systems held back. Nothing follows.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (Splicer is not null)
        {
            _counters.Phase = UnpackPhase.Metadata;
            await Splicer.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await _combiner.BarrierAsync(cancellationToken).ConfigureAwait(false);
    }

    private enum Member
    {
        /// <summary>All is done with its header.</summary>
        Done,

        /// <summary>A file's content follows for the splicer.</summary>
        Content,

        /// <summary>The engine's list of images, which the splicer merges.</summary>
        Repositories,

        /// <summary>The disk image.</summary>
        Image,

        /// <summary>The manifest.</summary>
        Manifest,

        /// <summary>The trailer.</summary>
        Trailer,

        /// <summary>The trailer's signature.</summary>
        Signature,
    }

    /// <summary>Decides what a member is, and does what needs no content.</summary>
    private Member Classify(TarEntry entry)
    {
        var path = ArchivePath.Parse(entry.Name);
        if (path.Place == ArchivePlace.TopLevel && path.Path.SequenceEqual("etch-trailer.sig"u8)) return ClassifySignature(entry);
        if (TrailerOffset > 0) throw Unexpected(entry, "it follows the trailer, which is an archive's last member");
        switch (path.Place)
        {
            case ArchivePlace.PartitionContent:
                return ClassifyContent(entry, path);
            case ArchivePlace.TopLevel:
                return ClassifyTopLevel(entry, path.Path);
            default:
                return ClassifyFolder(entry, path);
        }
    }

    private Member ClassifyContent(TarEntry entry, ArchivePath path)
    {
        if (Splicer is null && ImageName is null)
        {
            // Folders alone can wait, and do nothing until files follow; anything else cannot be placed without the image.
            if (entry.Kind == FileKind.Directory) return RememberFolder(entry);
            throw new UnsupportedFormatException(
                "order of members",
                $"{PathText.Of(entry.Name)}: it comes before the disk image; put the image first: tar cf archive.tar disk.img inject");
        }

        LinkContent.Refuse(_archive, entry);
        Splicer ??= _createSplicer(Manifest);
        _counters.CurrentName = entry.Name;
        if (Splicer.IsMerged(path))
        {
            return entry.Kind == FileKind.File ? Member.Repositories : throw Unexpected(entry, "it is the engine's list of images, which has to be a file");
        }

        Splicer.Begin(entry, path);
        _counters.Files++;
        return entry.Kind == FileKind.File ? Member.Content : Member.Done;
    }

    private Member ClassifyFolder(TarEntry entry, ArchivePath path)
    {
        if (entry.Kind != FileKind.Directory) throw Unexpected(entry, "it has to be a folder");
        if (path.Place != ArchivePlace.PartitionFolder) return Member.Done;
        if (Manifest is not null) return ClassifyContent(entry, path);
        if (ImageName is null) return RememberFolder(entry);
        Splicer ??= _createSplicer(Manifest);
        Splicer.Require(path.Partition);
        return Member.Done;
    }

    private Member ClassifyTopLevel(TarEntry entry, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("etch-trailer.json"u8)) return ClassifyTrailer(entry);
        var isManifest = name.SequenceEqual("manifest.json"u8);
        if (!isManifest && Manifest is null && IsSignatureAsked) throw new UntrustedArchiveException("it was made by hand, without a manifest, and is not signed; only a signed archive is to be taken (--trusted-key)");

        // Without a manifest no trailer is expected, so there is no need to hash gigabytes.
        if (!isManifest && Manifest is null) _hash.Stop();
        if (name.StartsWith("._"u8))
        {
            throw Unexpected(entry, "macOS's tar puts such a file beside each file that has attributes; make the archive with COPYFILE_DISABLE=1 set");
        }

        if (entry.Kind != FileKind.File) throw Unexpected(entry, "beside the disk image only the folder 'inject' is expected");
        if (name.Contains((byte)'/')) throw Unexpected(entry, "the disk image and the folder 'inject' are expected at the top of the archive; make it with tar -C FOLDER");
        if (isManifest) return ImageName is null && Manifest is null ? Member.Manifest : throw Unexpected(entry, "the manifest is an archive's first member, and the only one of that name");
        if (ImageName is not null) throw Unexpected(entry, $"the archive has its disk image already, {ImageName}; exactly one is expected");
        if (Manifest is not null) CheckImage(entry, name, Manifest.Image);
        ImageName = PathText.Of(name);
        return Member.Image;
    }

    /// <summary>The manifest is believed about partitions and engine; one that was made for another image is told before anything is written.</summary>
    private static void CheckImage(TarEntry entry, ReadOnlySpan<byte> name, ManifestImage promised)
    {
        var promisedName = Encoding.UTF8.GetBytes(promised.Name);
        if (!name.SequenceEqual(promisedName)) throw Unexpected(entry, $"the manifest names the image {PathText.Of(promisedName)}");
        if (entry.Size != promised.Size) throw Unexpected(entry, $"the image has {entry.Size} bytes here, and {promised.Size} in the manifest");
    }

    private Member ClassifySignature(TarEntry entry)
    {
        if (Trailer is null) throw Unexpected(entry, "a signature comes behind the trailer that it is over");
        if (Signature is not null) throw Unexpected(entry, "the archive has a signature already");
        return entry is { Kind: FileKind.File, Size: > 0 } ? Member.Signature : throw Unexpected(entry, "it has to be a file that is not empty");
    }

    private Member ClassifyTrailer(TarEntry entry)
    {
        if (entry.Kind != FileKind.File) throw Unexpected(entry, "it has to be a file");
        if (Manifest is null) throw Unexpected(entry, "a trailer without a manifest: an archive that was put together again by hand has to leave out both");
        if (ImageName is null) throw Unexpected(entry, "the trailer comes before the disk image");
        TrailerOffset = entry.HeaderOffset;
        _hash.EndAt(entry.HeaderOffset);
        return Member.Trailer;
    }

    private Member RememberFolder(TarEntry entry)
    {
        _earlyBytes += _archive.RawHeader.Length;
        if (_earlyBytes > MaxEarlyBytes) throw Unexpected(entry, "too many folders come before the disk image; put the image first");
        _earlyFolders.Add(entry);
        return Member.Done;
    }

    private async Task TakeImageAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        _counters.Phase = UnpackPhase.Image;
        _counters.CurrentName = entry.Name;
        try
        {
            await _image.ExtractAsync(_archive, entry, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (EntryContext.Describes(e) && e is not OutOfSpaceException)
        {
            throw ErrorContext.Wrap(e, ImageName!);
        }

        _counters.Phase = UnpackPhase.Files;
        if (AlwaysSplices) Splicer ??= _createSplicer(Manifest);
        foreach (var folder in _earlyFolders) Classify(folder);
        _earlyFolders.Clear();
    }

    private async ValueTask CopyContentAsync(CancellationToken cancellationToken)
    {
        var splicer = Splicer!;
        while (_archive.ContentRemaining > 0)
        {
            var window = await _archive.ReadContentAsync(cancellationToken).ConfigureAwait(false);
            await splicer.ContentAsync(window, cancellationToken).ConfigureAwait(false);
        }

        await splicer.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task MergeAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        var content = await ReadSmallAsync(entry, RepositoriesMerge.MaxLength, cancellationToken).ConfigureAwait(false);

        // What it is merged into may have come with this archive, and be on its way to the disk.
        await _combiner.BarrierAsync(cancellationToken).ConfigureAwait(false);
        Splicer!.Merge(entry, ArchivePath.Parse(entry.Name), content);
        _counters.Files++;
        await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> ReadSmallAsync(TarEntry entry, int maxLength, CancellationToken cancellationToken)
    {
        if (entry.Size > maxLength || entry.DataRuns is not null) throw Unexpected(entry, $"it is sparse, or longer than {maxLength} bytes");

        // Grows with what arrives, not with what the header claims.
        using var bytes = new MemoryStream();
        while (_archive.ContentRemaining > 0)
        {
            bytes.Write((await _archive.ReadContentAsync(cancellationToken).ConfigureAwait(false)).Span);
        }

        return bytes.ToArray();
    }

    private void CheckComplete()
    {
        if (Manifest is not null && Trailer is null)
        {
            throw new CorruptFormatException("etch archive", ArchiveBytes, "it has a manifest, but ends without its trailer (etch-trailer.json): it is not complete");
        }

        if (ImageName is null) throw new CorruptFormatException("etch archive", -1, "it holds no disk image");
    }

    private static CorruptFormatException Unexpected(TarEntry entry, string problem) =>
        new($"archive member {PathText.Of(entry.Name)}", entry.HeaderOffset, problem);
}
