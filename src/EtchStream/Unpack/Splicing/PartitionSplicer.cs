using System.Text;
using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Unpack.Growth;
using EtchStream.Unpack.Verification;

namespace EtchStream.Unpack.Splicing;

/// <summary>
/// Puts the archive's <c>inject/</c> members into the partitions of the image that was written before them. One file system a
/// partition is opened when its first member comes and stays open until <see cref="CommitAsync"/>.
/// </summary>
/// <remarks>
/// All of an entry but its content is done synchronously; the content goes through <see cref="ContentAsync"/> straight to the places
/// that the file system gave. All writes but those a file system makes in place go through one combiner, in order.
/// </remarks>
internal sealed class PartitionSplicer
{
    private readonly IDisk _disk;
    private readonly WriteCombiner _combiner;
    private readonly IFileSystemOpener _opener;
    private readonly PartitionTable _table;
    private readonly FileContentMapper _mapper = new();
    private readonly List<SpliceSelector> _selectors = [];
    private readonly List<SpliceTarget> _targets = [];
    private readonly EngineStore? _engine;
    private readonly int _engineNumber;
    private readonly EngineReuse? _reuse;
    private readonly RoomKeeper _room;
    private readonly bool _remembers;
    private bool _isLeftOut;
    private SpliceSelector? _current;

    /// <summary>Works on an image whose bytes have all reached <paramref name="disk"/>.</summary>
    /// <param name="disk">The image.</param>
    /// <param name="combiner">Takes the queued writes.</param>
    /// <param name="opener">Opens the file systems.</param>
    /// <param name="manifest">The archive's manifest, when it has one: which container engine it brings images for.</param>
    /// <param name="grow">Whether the image may become larger; null for not.</param>
    /// <param name="remembers">Whether what has to be there in the end is remembered: <see cref="SpliceTarget.Expected"/>.</param>
    /// <exception cref="PartitionNotFoundException">The engine's partition is not there.</exception>
    public PartitionSplicer(IDisk disk, WriteCombiner combiner, IFileSystemOpener opener, ArchiveManifest? manifest, GrowOptions? grow = null, bool remembers = false)
    {
        _remembers = remembers;
        _disk = disk;
        _combiner = combiner;
        _opener = opener;
        _table = PartitionTable.Read(disk);
        _room = new RoomKeeper(disk, _table, grow ?? GrowOptions.None);
        if (_room.FixedTarget is { } last) _room.GrowToFixedSize(Target(last));
        if (manifest?.Engine is not { } engine) return;
        var partition = PartitionFinder.Find(_table, disk, engine.Partition);
        _engine = new EngineStore(engine);
        _engineNumber = partition.Number;
        try
        {
            _reuse = EngineReuse.Find(manifest, engine, Target(partition).Writer);
        }
        catch (Exception e) when (EntryContext.Describes(e))
        {
            throw ErrorContext.Wrap(e, Target(partition).Name);
        }
    }

    /// <summary>
    /// Whether what comes is of the archive, whose trailer has the sums of it; what the user adds is written as it is, and only reported.
    /// </summary>
    public bool IsOfArchive { get; set; } = true;

    /// <summary>What became larger; null where nothing did.</summary>
    public GrownPartition? Grown => _room.Grown;

    /// <summary>The partitions that got something.</summary>
    public IReadOnlyList<SpliceTarget> Targets => _targets;

    /// <summary>The names by which the archive called them.</summary>
    public IReadOnlyList<SpliceSelector> Selectors => _selectors;

    /// <summary>Checks that there is such a partition. Its file system is opened only when something goes into it.</summary>
    /// <exception cref="PartitionNotFoundException">There is none.</exception>
    public void Require(ReadOnlySpan<byte> partition) => PartitionFinder.Find(_table, _disk, Text(partition));

    /// <summary>The first of several labels that a partition has; null where none has one of them.</summary>
    public string? FirstOf(IEnumerable<string> labels) => labels.FirstOrDefault(label => PartitionFinder.TryFind(_table, _disk, label) is not null);

    /// <summary>Whether a member is not to be created but to be merged into what is there: see <see cref="Merge"/>.</summary>
    public bool IsMerged(ArchivePath path) => Current(path).Target.Engine?.IsRepositories(path.Path) == true;

    /// <summary>Creates a member's object. When it is a file with content, <see cref="ContentAsync"/> and <see cref="EndAsync"/> follow.</summary>
    public void Begin(TarEntry entry, ArchivePath path)
    {
        var target = Current(path).Target;
        byte[]? linkTarget = null, otherPath = null;
        _isLeftOut = IsOfArchive && _reuse is not null && target.Engine is not null && !_reuse.IsWritten(path.Path, out linkTarget, out otherPath);
        try
        {
            if (!_isLeftOut) _room.Ensure(target, entry);
            if (_isLeftOut) LeaveOut(entry, target);
            else if (linkTarget is not null && entry.Kind == FileKind.SymbolicLink) CreateSymbolicLink(entry, path.Path, linkTarget, target);
            else Create(entry, otherPath ?? path.Path, target);
        }
        catch (Exception e) when (EntryContext.Describes(e))
        {
            throw WithPath(e, target, path);
        }

        Count(target);
    }

    /// <summary>Merges the engine's list of images into the one that is there. All that was written so far has to be on the disk.</summary>
    public void Merge(TarEntry entry, ArchivePath path, byte[] content)
    {
        var target = Current(path).Target;
        try
        {
            var merged = RepositoriesMerge.Merge(target.Writer.TryReadFile(path.Path, RepositoriesMerge.MaxLength), content);
            var attributes = EntryAttributes.Of(entry);
            _mapper.Begin(target.ContentWriter, target.Writer.CreateFile(path.Path, attributes, merged.Length), merged.Length, dataRuns: null);
            target.Expected?.BeginFile(path.Path, attributes, merged.Length, dataRuns: null);
            target.Expected?.Data(merged);
            target.Expected?.EndFile();
            for (var rest = merged.AsSpan(); !rest.IsEmpty;) rest = rest[_mapper.Append(rest)..];
            while (!_mapper.End())
            {
                // What is left is less than a block.
            }
        }
        catch (Exception e) when (EntryContext.Describes(e))
        {
            throw WithPath(e, target, path);
        }

        CountFile(target, content.Length);
        Count(target);
    }

    /// <summary>Takes the next bytes of the file that was begun.</summary>
    public async ValueTask ContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (_isLeftOut) return;
        _current!.Target.Expected?.Data(content.Span);
        while (!content.IsEmpty)
        {
            content = content[_mapper.Append(content.Span)..];
            await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the file that was begun.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_isLeftOut) return;
        while (!_mapper.End()) await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
        await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
        _current!.Target.Expected?.EndFile();
    }

    /// <summary>What was written, by partition.</summary>
    public IReadOnlyList<UnpackedPartition> Report() => _targets.ConvertAll(target => new UnpackedPartition(
        target.Partition.Number, target.Label, target.FileSystem.Kind, target.Entries, target.Files, target.Bytes, target.FileSystem.FreeBytes()));

    /// <summary>What the file systems could not hold exactly.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var all = new List<string>();
        foreach (var target in _targets)
        {
            foreach (var warning in target.Writer.Warnings) all.Add($"{target.Name}: {warning}");
        }

        return all;
    }

    /// <summary>Writes what the file systems held back.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        _room.EnsureHeadroom();
        foreach (var target in _targets)
        {
            try
            {
                foreach (var _ in target.Writer.Commit())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await _combiner.DrainAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (EntryContext.Describes(e))
            {
                throw ErrorContext.Wrap(Explain(e, target), target.Name);
            }
        }

        _room.Finish();
    }

    private Exception Explain(Exception error, SpliceTarget target) => error is OutOfSpaceException full ? _room.Explain(full, target) : error;

    private void Create(TarEntry entry, ReadOnlySpan<byte> path, SpliceTarget target)
    {
        var writer = target.Writer;
        switch (entry.Kind)
        {
            case FileKind.File:
                CreateFile(entry, path, target);
                break;
            case FileKind.Directory when target.Engine?.IsSharedFolder(path) == true:
                writer.EnsureDirectory(path, EntryAttributes.Of(entry));
                target.Expected?.Directory(path, attributes: null);
                break;
            case FileKind.Directory:
                var attributes = EntryAttributes.Of(entry);
                writer.CreateDirectory(path, attributes);
                target.Expected?.Directory(path, attributes);
                break;
            case FileKind.SymbolicLink:
                CreateSymbolicLink(entry, path, entry.LinkName, target);
                break;
            case FileKind.HardLink:
                CreateHardLink(entry, path, target);
                break;
            default:
                var ofNode = EntryAttributes.Of(entry);
                writer.CreateNode(path, entry.Kind, entry.DeviceMajor, entry.DeviceMinor, ofNode);
                target.Expected?.Device(path, entry.Kind, entry.DeviceMajor, entry.DeviceMinor, ofNode);
                break;
        }
    }

    private static void CreateSymbolicLink(TarEntry entry, ReadOnlySpan<byte> path, ReadOnlySpan<byte> linkTarget, SpliceTarget target)
    {
        var attributes = EntryAttributes.Of(entry);
        target.Writer.CreateSymbolicLink(path, linkTarget, attributes);
        target.Expected?.SymbolicLink(path, linkTarget, attributes);
    }

    private void CreateFile(TarEntry entry, ReadOnlySpan<byte> path, SpliceTarget target)
    {
        var content = entry.Size;
        if (entry.DataRuns is { } runs)
        {
            FileContentMapper.CheckDataRuns(runs, entry.Size, entry.HeaderOffset);
            content = entry.ContentLength;
        }

        var attributes = EntryAttributes.Of(entry);
        var places = target.Writer.CreateFile(path, attributes, entry.Size, entry.DataRuns);
        target.Expected?.BeginFile(path, attributes, entry.Size, entry.DataRuns);
        _mapper.Begin(target.ContentWriter, places, entry.Size, entry.DataRuns);
        CountFile(target, content);
    }

    /// <summary>A member of a layer that is there already: it counts, since the archive's sums do, and is not written.</summary>
    private void LeaveOut(TarEntry entry, SpliceTarget target)
    {
        if (entry.Kind == FileKind.File) CountFile(target, entry.ContentLength);
    }

    private void Count(SpliceTarget target)
    {
        if (IsOfArchive) _current!.Entries++;
        target.Entries++;
    }

    private void CountFile(SpliceTarget target, long content)
    {
        target.Files++;
        target.Bytes += content;
        if (IsOfArchive) _current!.ContentBytes += content;
    }

    /// <summary>A hard link's target is a path of the archive, not of the partition.</summary>
    private void CreateHardLink(TarEntry entry, ReadOnlySpan<byte> path, SpliceTarget target)
    {
        var link = ArchivePath.Parse(entry.LinkName);
        if (link.Place != ArchivePlace.PartitionContent)
        {
            throw new UnsafePathException(PathText.Of(entry.LinkName), "the hard link's target lies outside the partition");
        }

        if (!link.Partition.SequenceEqual(_current!.Bytes) && !ReferenceEquals(Select(link.Partition).Target, target))
        {
            throw new UnsafePathException(PathText.Of(entry.LinkName), "the hard link's target lies in another partition");
        }

        // An engine that unpacks a layer gives a file what its last entry says, whichever name that is under; GNU tar does not.
        var isOfLayer = target.Engine is { } engine && engine.IsInStore(path) && engine.IsInStore(link.Path);
        var attributes = isOfLayer ? EntryAttributes.Of(entry) : null;
        target.Writer.CreateHardLink(path, link.Path, attributes);
        target.Expected?.HardLink(path, link.Path, attributes);
    }

    private Exception WithPath(Exception error, SpliceTarget target, ArchivePath path) =>
        ErrorContext.Wrap(Explain(error, target), $"{target.Name}, path {(path.Path.IsEmpty ? "/" : PathText.Of(path.Path))}");

    private SpliceSelector Current(ArchivePath path)
    {
        if (_current is null || !path.Partition.SequenceEqual(_current.Bytes)) _current = Select(path.Partition);
        return _current;
    }

    private SpliceSelector Select(ReadOnlySpan<byte> name)
    {
        foreach (var known in _selectors)
        {
            if (name.SequenceEqual(known.Bytes)) return known;
        }

        var text = Text(name);
        var partition = PartitionFinder.Find(_table, _disk, text);
        var selector = new SpliceSelector { Bytes = name.ToArray(), Text = text, Target = Target(partition) };
        _selectors.Add(selector);
        return selector;
    }

    private SpliceTarget Target(Partition partition)
    {
        foreach (var known in _targets)
        {
            if (known.Partition.Number == partition.Number) return known;
        }

        var writer = new BlockWriterSlice(_combiner, partition.Start, partition.Length);
        SpliceTarget target;
        try
        {
            var disk = partition.Open(_disk);
            var opened = _opener.Open(partition, disk, writer);
            target = new SpliceTarget(partition, disk, opened, writer)
            {
                Engine = partition.Number == _engineNumber ? _engine : null,
                Expected = _remembers ? new ExpectedObjects(ignoresCase: opened.Writer is FatWriter) : null,
            };
        }
        catch (Exception e) when (EntryContext.Describes(e) && !e.Message.StartsWith("partition ", StringComparison.Ordinal))
        {
            throw ErrorContext.Wrap(e, $"partition {partition.Number}");
        }

        var at = _targets.FindIndex(other => other.Partition.Number > partition.Number);
        _targets.Insert(at < 0 ? _targets.Count : at, target);
        return target;
    }

    private static string Text(ReadOnlySpan<byte> name)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(name);
        }
        catch (DecoderFallbackException e)
        {
            throw new CorruptFormatException("archive member", -1, $"the partition's name in inject/{PathText.Of(name)}/ is not UTF-8", e);
        }
    }
}
