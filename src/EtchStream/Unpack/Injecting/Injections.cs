using EtchStream.Formats;
using EtchStream.Sources;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack.Injecting;

/// <summary>What the user gives at flash time beside the archive: files for one device, onto what all devices have.</summary>
internal sealed class Injections
{
    private readonly UnpackOptions _options;
    private readonly OutputGuard _guard;

    private Injections(UnpackOptions options, OutputGuard guard)
    {
        _options = options;
        _guard = guard;
    }

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => _options.Injections.Count == 0 && _options.ConfigPath is null && _options.SplashPath is null;

    /// <summary>Looks at all sources, so that what can be known to be wrong is found before the first byte is written.</summary>
    /// <param name="options">Name them.</param>
    /// <param name="guard">Knows the output.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">A source is missing, or not what the user says it is.</exception>
    /// <exception cref="CorruptFormatException">The configuration is no JSON object.</exception>
    public static async Task<Injections> CheckAsync(UnpackOptions options, OutputGuard guard, CancellationToken cancellationToken)
    {
        var injections = new Injections(options, guard);
        foreach (var injection in injections.All(BootFiles.Labels[0])) await SourceFactory.CreateAsync(injection, guard, cancellationToken).ConfigureAwait(false);
        return injections;
    }

    /// <summary>Writes all, in the order in which the user gave them, the boot partition's files last.</summary>
    /// <exception cref="PartitionNotFoundException">A partition is not there.</exception>
    public async Task WriteAsync(IEntrySink sink, PartitionSplicer splicer, CancellationToken cancellationToken)
    {
        splicer.IsOfArchive = false;
        var boot = _options.ConfigPath is null && _options.SplashPath is null
            ? BootFiles.Labels[0]
            : splicer.FirstOf(BootFiles.Labels) ?? throw BootFiles.NotFound("the disk image");
        foreach (var injection in All(boot))
        {
            var source = await SourceFactory.CreateAsync(injection, _guard, cancellationToken).ConfigureAwait(false);
            try
            {
                await source.EmitAsync(sink, cancellationToken).ConfigureAwait(false);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new IOException($"for partition {injection.Partition}, {injection.Destination}: {e.Message}", e);
            }
        }
    }

    private IEnumerable<Injection> All(string bootLabel) => _options.Injections.Concat(BootFiles.Injections(bootLabel, _options.ConfigPath, _options.SplashPath));
}
