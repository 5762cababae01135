using System.Text;
using EtchStream.Archive;
using EtchStream.Balena;
using EtchStream.Dataflow;
using EtchStream.Engine;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack.Images;
using EtchStream.Pack.Overlay2;
using EtchStream.Pack.Planning;
using EtchStream.Sources;
using EtchStream.Pack.Stages;
using EtchStream.Trees;

namespace EtchStream.Pack.Containers;

/// <summary>The container images of a run: looked up before anything is written, then given as an engine's store, with the apps.json that names them.</summary>
internal sealed class ContainerSource : IAsyncDisposable
{
    private readonly RegistryClient _registries;
    private readonly ImageOpener _opener;
    private readonly ContainerPlan _plan;
    private readonly EngineStore _store;
    private readonly EngineSegments _segments;
    private readonly List<IEntrySource> _files = [];
    private readonly AppsDocument? _apps;

    private ContainerSource(ContainerOptions options, EngineStore store, RegistryClient registries, ImageOpener opener, ContainerPlan plan, AppsDocument? apps, SupervisorPreload? supervisor)
    {
        _registries = registries;
        _opener = opener;
        _plan = plan;
        _apps = apps;
        _store = store;
        _segments = new EngineSegments(plan, store);
        Engine = ContainerManifest.Engine(store);
        Images = ContainerManifest.Containers(plan);
        Layers = ContainerManifest.Layers(plan);
        Services = apps?.Services.Select(s => new ManifestService { App = s.AppKey, Release = s.Release, Service = s.ServiceName, Image = s.Image }).ToList();
        if (apps is not null) _files.Add(new MemoryFileSource(new InjectTarget(store.Partition, "apps.json"u8), "apps.json", apps.ToBytes(options.PinDevice)));
        if (supervisor is not null) _files.AddRange(supervisor.Files);
        Injected = supervisor?.Files ?? [];
        Notes = [.. new[] { supervisor?.Warning }.OfType<string>()];
    }

    /// <summary>The store, for the manifest.</summary>
    public ManifestEngine Engine { get; }

    /// <summary>The images, for the manifest.</summary>
    public IReadOnlyList<ManifestContainer> Images { get; }

    /// <summary>The layers, for the manifest.</summary>
    public IReadOnlyList<ManifestLayer> Layers { get; }

    /// <summary>The services, for the manifest; null without an apps.json.</summary>
    public IReadOnlyList<ManifestService>? Services { get; }

    /// <summary>Files for partitions other than the store's, for the manifest.</summary>
    public IReadOnlyList<IEntrySource> Injected { get; }

    /// <summary>Bytes of the blobs of layers that are in the disk image already.</summary>
    public long ReusedBytes => ByteSum.Of(_plan.Layers.Where(l => l.Stored is not null).Select(l => l.Layer.Blob.Size));

    /// <summary>Things worth knowing, one line each.</summary>
    public IEnumerable<string> Warnings => (_apps?.Warnings.Select(w => $"{_apps.Name}: {w}") ?? []).Concat(Notes).Concat(_plan.Warnings).Concat(_segments.Warnings);

    private IReadOnlyList<string> Notes { get; }

    /// <summary>The partitions that a run writes to.</summary>
    public static IEnumerable<string> Partitions(ContainerOptions options, ImageFile image)
    {
        yield return options.DataPartition;
        if (options.Supervisor is not null && SupervisorPreload.HasState(image)) yield return SupervisorPreload.StatePartition;
    }

    /// <summary>Reads the apps.json and looks up all images.</summary>
    /// <param name="options">Which images, and where they go.</param>
    /// <param name="image">The disk image, whose store may have some of the layers.</param>
    /// <param name="partitions">The partitions that files go into, the data partition among them.</param>
    /// <param name="counters">Get to know how far it is.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<ContainerSource> OpenAsync(ContainerOptions options, ImageFile image, IEnumerable<ManifestPartition> partitions, PackCounters counters, CancellationToken cancellationToken)
    {
        CheckFileSystem(partitions.First(p => p.Selector == options.DataPartition));
        var store = new EngineStore(options.DataPartition, ArchiveNames.CleanRooted(Encoding.UTF8.GetBytes(options.EngineRoot)));
        var apps = options.AppsPath is null ? null : await ReadAppsAsync(options.AppsPath, cancellationToken).ConfigureAwait(false);

        // That these are references is one of the file's rules.
        var locations = (apps?.Services.Select(s => ImageLocation.Of(ImageReference.Parse(s.Image))) ?? []).Concat(options.Images);
        if (options.Supervisor is not null) locations = locations.Append(options.Supervisor);
        var platform = PlatformChoice.Of(options.Platform, DeviceOf(image), options.CheckArchitecture, image.Path);
        var registries = new RegistryClient(options.Registry);
        var opener = new ImageOpener(options, registries);
        counters.Enter(PackPhase.Resolve);
        try
        {
            var plan = await ContainerPlan.ResolveAsync(locations, platform, opener, StoredLayers(options, image, store), counters, cancellationToken).ConfigureAwait(false);
            var supervisor = options.Supervisor is null ? null : SupervisorPreload.Add(plan, options.Supervisor, options.SupervisorVersion, image);
            return new ContainerSource(options, store, registries, opener, plan, apps, supervisor);
        }
        catch
        {
            opener.Dispose();
            registries.Dispose();
            throw;
        }
    }

    /// <summary>Gives what all members add up to.</summary>
    public async Task PlanAsync(EntrySink sink, LayerFacts facts, CancellationToken cancellationToken)
    {
        // Its own: what layers are warned of is told once.
        await new EngineSegments(_plan, _store).PlanAsync(sink, facts, cancellationToken).ConfigureAwait(false);
        foreach (var file in _files) await file.EmitAsync(sink, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what is known of the layers from earlier runs.</summary>
    public void Forget(LayerFacts facts) => _segments.Forget(facts);

    /// <summary>Gives all members.</summary>
    public async Task EmitAsync(EntrySink sink, CancellationToken cancellationToken)
    {
        await _segments.EmitAsync(sink, cancellationToken).ConfigureAwait(false);
        foreach (var file in _files) await file.EmitAsync(sink, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _plan.DisposeAsync().ConfigureAwait(false);
        _opener.Dispose();
        _registries.Dispose();
    }

    private static Func<ImageLayer, StoredLayer?> StoredLayers(ContainerOptions options, ImageFile image, EngineStore store)
    {
        if (!options.Reuse || image.Disk is not { } disk) return static _ => null;
        var files = PartitionTree.Open(disk, options.DataPartition, image.Path);
        var root = Encoding.UTF8.GetString(store.Root);
        return layer => StoredLayer.Find(
            path => files.TryRead(path, StoredLayer.MaxLength), root, layer.ChainId.ToString(), layer.DiffId.ToString(), isBase: layer.ChainId.Digest == layer.DiffId.Digest);
    }

    private static DeviceType? DeviceOf(ImageFile image)
    {
        if (image.Disk is not { } disk) return null;
        using var boot = PartitionTree.TryOpen(disk, image.Path, [.. BootFiles.Labels]);
        return boot is null ? null : DeviceType.TryRead(boot);
    }

    private static void CheckFileSystem(ManifestPartition partition)
    {
        if (partition.FileSystem is not { } type || type.StartsWith("ext", StringComparison.Ordinal)) return;
        throw new UnsupportedFormatException("file system", $"partition {partition.Selector}: its file system is {type}, on which no container engine can keep its layers; name an ext4 partition as data partition");
    }

    private static async Task<AppsDocument> ReadAppsAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > AppsDocument.MaxLength) throw new InvalidAppsException(path, "$", $"an apps.json of more than {AppsDocument.MaxLength >> 20} MiB is not read");
        return AppsDocument.Parse(await FileFailure.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path);
    }
}
