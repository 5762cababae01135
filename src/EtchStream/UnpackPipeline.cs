using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Archive.Signing;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Sources;
using EtchStream.Unpack;
using EtchStream.Unpack.Growth;
using EtchStream.Unpack.Images;
using EtchStream.Unpack.Injecting;
using EtchStream.Unpack.Outputs;
using EtchStream.Unpack.Splicing;
using EtchStream.Unpack.Verification;

namespace EtchStream;

/// <summary>
/// READ FIRST. Unpacks an etch archive: one pass from the archive's bytes to the files and devices that hold the disk image with the
/// files in its partitions.
/// </summary>
/// <remarks>
/// The stages, each a task of its own, and what flows between them:
/// <code>
/// ArchiveReadStage ─ 1 MiB buffers → DemuxStage ─┬ consumed buffers → ArchiveHashStage
///   (decompresses)                  (tar parser) └ batches of writes → OutputWriteStage → files, devices
///                                    ├ ImageExtractor     image bytes, zeros left out
///                                    └ PartitionSplicer   inject/…, then Injections → IFileSystemWriter
/// </code>
/// Every channel is bounded, so memory is, whatever the archive holds. The first stage that fails stops all others, its error is
/// rethrown, and nothing is left under the output's name; a device that was begun has no partition table then (OutputDevice).
/// </remarks>
public static class UnpackPipeline
{
    // One buffer each way is in work; the rest evens out bursts.
    private const int ReadAhead = 8;
    private const int HashBacklog = 4;
    private const int WriteBacklog = 8;

    /// <summary>Unpacks one archive.</summary>
    /// <param name="options">What to do. The input is disposed.</param>
    /// <param name="progress">Is told now and then how far it is, and once at the end.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    /// <exception cref="CorruptFormatException">The archive or the image breaks its own format, or is truncated.</exception>
    /// <exception cref="DigestMismatchException">The archive's bytes are not those that were packed.</exception>
    /// <exception cref="UntrustedArchiveException">It is not signed by one of the trusted keys, where there are such.</exception>
    /// <exception cref="UnsupportedFormatException">Something that is not supported: a kind of file system, an order of members.</exception>
    /// <exception cref="UnsafePathException">A path of the archive leads out of its partition.</exception>
    /// <exception cref="PartitionNotFoundException">Files for a partition that the image does not have.</exception>
    /// <exception cref="OutOfSpaceException">A partition, or the output's disk, is full.</exception>
    /// <exception cref="Oci.Http.HttpTransferException">The web server, or the way to it, failed for good.</exception>
    /// <exception cref="OutputRefusedException">The output is a folder, or the input itself.</exception>
    public static Task<UnpackReport> RunAsync(UnpackOptions options, IProgress<UnpackProgress>? progress = null, CancellationToken cancellationToken = default) =>
        RunAsync(options, new FileSystemOpener(), progress, cancellationToken);

    internal static async Task<UnpackReport> RunAsync(UnpackOptions options, IFileSystemOpener fileSystems, IProgress<UnpackProgress>? progress, CancellationToken cancellationToken, Func<string, IOutput>? openOutput = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var input = options.Input;
        if (options.Outputs.Count == 0) throw new ArgumentException("no output is named", nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        if (!options.Grow.IsAllowed && input.Path is { } file && await SeekableArchive.TryReadAsync(file, cancellationToken).ConfigureAwait(false) is var (manifest, trailer)) CapacityCheck.Run(manifest, trailer, options.Grow);
        using var output = OutputSet.Open(options.Outputs, path =>
        {
            var opened = openOutput is null ? OutputOpener.Open(path, input.Path, options.Force, options.Flush) : openOutput(path);
            return options.Verify ? new VerifyingOutput(opened) : opened;
        });
        var guard = new OutputGuard { Shown = options.Outputs[0] };
        foreach (var slot in output.Slots) foreach (var name in slot.Output?.Names ?? []) guard.Add(name);
        var injections = await Injections.CheckAsync(options, guard, cancellationToken).ConfigureAwait(false);
        var started = options.Clock.GetTimestamp();
        var counters = new UnpackCounters(options.Clock);
        await using var reporter = new ProgressReporter(() => progress?.Report(counters.Snapshot()), progress is not null, options.ProgressInterval, options.Clock);

        var buffers = StageScope.CreateChannel<PooledBuffer>(ReadAhead);
        var consumed = StageScope.CreateChannel<PooledBuffer>(HashBacklog);
        var writes = StageScope.CreateChannel<WriteBatch>(WriteBacklog);
        var read = new ArchiveReadStage(input, options.Decoders, counters);
        var hash = new ArchiveHashStage();
        var source = new ChannelByteSource(buffers.Reader, consumed.Writer);
        using var combiner = new WriteCombiner(writes.Writer);
        var image = new ImageExtractor(options.Decoders, combiner, output, counters);
        var demux = new DemuxStage(source, hash, image, combiner, counters, manifest => new PartitionSplicer(output, combiner, fileSystems, manifest, options.Grow, options.Verify)) { AlwaysSplices = options.Grow.ImageSize is not null, Grow = options.Grow, IsSignatureAsked = options.TrustedKeys is not null };
        try
        {
            await using var scope = new StageScope(cancellationToken);
            scope.Start(buffers.Writer, token => read.RunAsync(buffers.Writer, token));
            scope.Start(token => hash.RunAsync(consumed.Reader, token));
            scope.Start(consumed.Writer, async token =>
            {
                try
                {
                    await EntryContext.RunAsync(input.Name, () => demux.RunAsync(token)).ConfigureAwait(false);
                    await demux.InjectAsync(injections, token).ConfigureAwait(false);
                    await EntryContext.RunAsync(input.Name, () => demux.CommitAsync(token)).ConfigureAwait(false);
                }
                catch (Exception e) when (DamageCheck.MayBeTheCause(e))
                {
                    if (await new DamageCheck(input, read, source, consumed.Writer, hash, demux).FindAsync(e, token).ConfigureAwait(false) is { } damage) throw damage;
                    throw;
                }
                finally
                {
                    writes.Writer.TryComplete();
                }
            });
            scope.Start(token => new OutputWriteStage(output, counters.Waits).RunAsync(writes.Reader, token));
            await scope.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            // All stages have ended; what they left in the channels is given back.
            await source.DisposeAsync().ConfigureAwait(false);
            while (consumed.Reader.TryRead(out var buffer)) buffer.Dispose();
            while (writes.Reader.TryRead(out var batch)) batch.Dispose();
        }

        TrailerCheck.Verify(input.Name, demux, hash, image);
        var signedBy = options.TrustedKeys?.Verify(input.Name, demux.TrailerBytes, demux.Signature);
        if (options.Flush || options.Verify)
        {
            counters.Phase = UnpackPhase.Flush;
            await output.ForEachAsync(o => o.Flush(), counters.Waits).ConfigureAwait(false);
        }

        if (options.Verify)
        {
            counters.CurrentName = null;
            counters.BytesToVerify = output.Length * output.Slots.Count(s => s.IsIn);
            counters.Phase = UnpackPhase.Verify;
            await output.ForEachAsync(o =>
            {
                using var wait = counters.Waits.Add(o.ShownPath);
                ((VerifyingOutput)o).Verify(counters.AddVerified, cancellationToken, wait);
            }).ConfigureAwait(false);
            // They all hold the same bytes now: one of them stands for all.
            var objects = new ExpectedObjectsCheck(output, input.Name, path => counters.CurrentName = path, cancellationToken);
            foreach (var target in demux.Splicer?.Targets ?? []) await Task.Run(() => objects.Run(target, target.Expected!), CancellationToken.None).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await output.ForEachAsync(o => o.Commit(options.Flush), counters.Waits).ConfigureAwait(false);
        counters.CurrentName = null;
        counters.Phase = UnpackPhase.Done;
        return new UnpackReport
        {
            ArchiveBytes = demux.ArchiveBytes,
            ArchiveDigest = demux.Trailer?.Archive.Sha256,
            IsSigned = demux.Signature is not null,
            SignedBy = signedBy,
            ArchiveCompression = read.Compression,
            Resumptions = input.Resumptions,
            ImageName = demux.ImageName!,
            ImageCompression = image.Compression,
            ImageSize = output.Length,
            Grown = demux.Splicer?.Grown,
            ImageBytesWritten = image.BytesWritten,
            BytesWritten = combiner.BytesWritten,
            Partitions = demux.Splicer?.Report() ?? [],
            Outputs = output.Results(),
            Warnings = [.. demux.Splicer?.Warnings() ?? [], .. output.Slots.Select(s => s.Output?.Warning).OfType<string>()],
            Elapsed = options.Clock.GetElapsedTime(started),
        };
    }
}
