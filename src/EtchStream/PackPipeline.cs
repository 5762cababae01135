using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Pack;
using EtchStream.Pack.Containers;
using EtchStream.Pack.Images;
using EtchStream.Pack.Output;
using EtchStream.Pack.Planning;
using EtchStream.Sources;
using EtchStream.Pack.Stages;

namespace EtchStream;

/// <summary>
/// READ FIRST. Packs a disk image, files and container images into an etch archive:
/// <code>
/// manifest, image, sources ─→ tar, trailer ─→ digest of the archive ─→ [compress] ─→ output
///      SourceStage         ArchiveWriteStage   ArchiveDigestStage   CompressStage  OutputStage
///           ↑ segments             ↑ ImageDigest, beside all this
///      ContainerSource: each layer has stages of its own, see LayerRun
/// </code>
/// Each arrow is a bounded channel of buffers of at most 1 MiB, each stage runs by itself; so memory depends neither on the image's
/// nor on any file's size. The first stage that fails stops all others.
/// </summary>
public static class PackPipeline
{
    /// <summary>Items under way between two stages.</summary>
    private const int ChannelCapacity = 8;

    /// <summary>Packs.</summary>
    /// <param name="options">What to pack, and where to.</param>
    /// <param name="progress">Told a few times a second, from the pipeline's own threads.</param>
    /// <param name="cancellationToken">Stops the run; nothing is left behind.</param>
    /// <returns>What was packed.</returns>
    /// <exception cref="IOException">An input is missing, cannot be read or changed meanwhile, or the output cannot be written.</exception>
    /// <exception cref="Formats.CorruptFormatException">The image's partition table or an archive that is injected is broken.</exception>
    /// <exception cref="Formats.UnsupportedFormatException">Something cannot be carried over as it is.</exception>
    /// <exception cref="Formats.PartitionNotFoundException">The image has no such partition.</exception>
    /// <exception cref="Formats.OutOfSpaceException">The output's disk is full.</exception>
    /// <exception cref="Formats.UnsafePathException">An archive that is injected holds a path that leaves it.</exception>
    /// <exception cref="Balena.InvalidAppsException">The apps.json breaks a rule of the device's supervisor.</exception>
    /// <exception cref="Oci.CorruptImageException">A container image's metadata is broken.</exception>
    /// <exception cref="Oci.DigestMismatchException">A manifest, config or layer is not what its digest promises.</exception>
    /// <exception cref="Oci.UnsupportedImageException">A container image of a kind that is not taken, or none for the platform.</exception>
    /// <exception cref="Oci.Registry.RegistryException">A registry, or the way to it, failed.</exception>
    /// <exception cref="OutputRefusedException">The output is one of the inputs, a folder or a disk.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<PackReport> RunAsync(PackOptions options, IProgress<PackProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();

        var started = options.Clock.GetTimestamp();
        var counters = new PackCounters(progress, options.Clock);
        await using var reporter = new ProgressReporter(counters.Report, progress is not null, options.ProgressInterval, options.Clock);

        counters.Enter(PackPhase.Start);

        // Everything that can be known to be wrong is found before the first byte is written.
        using var image = ImageFile.Open(options.Image);
        if (options.Containers is { Expand: true }) await image.ExpandAsync(counters, cancellationToken).ConfigureAwait(false);
        var guard = new OutputGuard();
        IReadOnlyList<Injection> injections = [.. options.Injections, .. BootPartition.Injections(options, image)];
        var selectors = injections.Select(i => i.Partition);
        var partitions = PartitionResolver.Resolve(image, options.Containers is { } wanted ? selectors.Concat(ContainerSource.Partitions(wanted, image)) : selectors);
        if (options.Containers is { Reuse: false }) partitions = [.. partitions.Select(p => p.WithoutFree())];
        var sources = new List<IEntrySource>();
        foreach (var injection in injections) sources.Add(await SourceFactory.CreateAsync(injection, guard, cancellationToken).ConfigureAwait(false));
        await using var containers = options.Containers is null ? null : await ContainerSource.OpenAsync(options.Containers, image, partitions, counters, cancellationToken).ConfigureAwait(false);
        var manifest = new ArchiveManifest
        {
            Image = image.Describe(),
            Partitions = partitions,
            Engine = containers?.Engine,
            Containers = containers?.Images,
            Layers = containers?.Layers,
            Apps = containers?.Services,
            Injected = [.. sources.Concat(containers?.Injected ?? []).Select(s => new ManifestInjection { Kind = s.Kind, Partition = s.Target.Partition, Destination = s.Target.Shown })],
        };

        var facts = new LayerFacts(options.Plan ? options.PlanCache : null);
        if (options.Plan)
        {
            var needs = await NeedPlan.RunAsync(new PartitionTally(partitions, new ReplacedFiles(image, partitions)), sources, containers, facts, counters, cancellationToken).ConfigureAwait(false);
            manifest = manifest.WithNeeds(needs);
        }

        await using var output = Open(options, guard);
        guard.Check(options.Image);
        using var wait = counters.Waits.Add(options.OutputPath ?? "the reader of the archive");
        var (writeArchive, outputBytes, imageBytes) = await RunStagesAsync(options, image, manifest, sources, containers, output, wait, counters, cancellationToken).ConfigureAwait(false);
        if (options.Plan) CheckPlan(manifest, writeArchive.Trailer!, containers, facts);
        wait.Begin();
        await output.CommitAsync(cancellationToken).ConfigureAwait(false);
        return new PackReport
        {
            Manifest = manifest,
            Trailer = writeArchive.Trailer!,
            ArchiveBytes = writeArchive.ArchiveBytes,
            OutputBytes = outputBytes,
            ImageDataBytes = imageBytes,
            ReusedBytes = containers?.ReusedBytes ?? 0,
            Warnings = Warnings(image, manifest, containers),
            Elapsed = options.Clock.GetElapsedTime(started),
        };
    }

    private static async Task<(ArchiveWriteStage Archive, long OutputBytes, long ImageBytes)> RunStagesAsync(
        PackOptions options,
        ImageFile image,
        ArchiveManifest manifest,
        IReadOnlyList<IEntrySource> sources,
        ContainerSource? containers,
        IArchiveOutput output,
        WaitPoint wait,
        PackCounters counters,
        CancellationToken cancellationToken)
    {
        var imageSource = new ImageSource(image);
        if (output is FileOutput file && options.Compression.Kind == PackCompressionKind.None) file.Remaining = () => imageSource.DataBytes;
        var readSources = new SourceStage(manifest, imageSource, sources, containers, counters);
        var imageDigest = new TaskCompletionSource<TrailerDigest?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var writeArchive = new ArchiveWriteStage(new PartitionTally(manifest.Partitions, new ReplacedFiles(image, manifest.Partitions)), imageDigest.Task, options.SigningKey);
        var writeOutput = new OutputStage(output, wait);

        var items = StageScope.CreateChannel<PackItem>(ChannelCapacity);
        var pieces = StageScope.CreateChannel<ArchivePiece>(ChannelCapacity);
        var digestedPieces = StageScope.CreateChannel<ArchivePiece>(ChannelCapacity);
        await using (var scope = new StageScope(cancellationToken))
        {
            scope.Drain(items.Reader);
            scope.Drain(pieces.Reader);
            scope.Drain(digestedPieces.Reader);
            scope.Start(items.Writer, token => readSources.RunAsync(items.Writer, token));

            // It computes for seconds without a pause: on a thread of its own, so that no stage waits for one.
            scope.Start(token => Task.Factory.StartNew(() => imageDigest.SetResult(image.IsRaw ? ImageDigest.Compute(image, token) : null), token, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            scope.Start(pieces.Writer, token => writeArchive.RunAsync(items.Reader, pieces.Writer, token));
            scope.Start(digestedPieces.Writer, token => ArchiveDigestStage.RunAsync(pieces.Reader, digestedPieces.Writer, token));
            if (options.Compression.Kind == PackCompressionKind.None)
            {
                scope.Start(token => writeOutput.RunAsync(digestedPieces.Reader, token));
            }
            else
            {
                var compressed = StageScope.CreateChannel<ArchivePiece>(ChannelCapacity);
                scope.Drain(compressed.Reader);
                var compress = new CompressStage(options.Compression);
                scope.Start(compressed.Writer, token => compress.RunAsync(digestedPieces.Reader, compressed.Writer, token));
                scope.Start(token => writeOutput.RunAsync(compressed.Reader, token));
            }

            await scope.CompleteAsync().ConfigureAwait(false);
        }

        return (writeArchive, writeOutput.Bytes, imageSource.DataBytes);
    }

    /// <summary>What was said at the beginning has to be what came.</summary>
    private static void CheckPlan(ArchiveManifest manifest, ArchiveTrailer trailer, ContainerSource? containers, LayerFacts facts)
    {
        foreach (var (said, came) in manifest.Partitions.Zip(trailer.Partitions))
        {
            if (said.NeededBlocks == came.Blocks && said.NeededInodes == came.Inodes) continue;
            containers?.Forget(facts);
            throw new IOException($"partition {said.Selector} got other files than was planned: they changed meanwhile, or what the cache had of a layer was wrong; try again");
        }
    }

    private static List<string> Warnings(ImageFile image, ArchiveManifest manifest, ContainerSource? containers)
    {
        var warnings = new List<string>();
        if (image.Disk is null && manifest.Partitions.Count > 0)
            warnings.Add($"{image.Path} is compressed: that it has partition {string.Join(", ", manifest.Partitions.Select(p => p.Selector))} is only checked when the archive is unpacked");
        if (containers is not null) warnings.AddRange(containers.Warnings);
        return warnings;
    }

    private static IArchiveOutput Open(PackOptions options, OutputGuard guard)
    {
        if (options.OutputPath is not null) return FileOutput.Open(options.OutputPath, options.Flush, guard);
        return new StreamOutput(options.OutputStream ?? throw new ArgumentException("neither a path nor a stream to write to", nameof(options)), ownsStream: false);
    }
}
