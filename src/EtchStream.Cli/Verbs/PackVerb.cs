using CommandLine;
using EtchStream.Cli.Display;
using EtchStream.Archive.Signing;
using EtchStream.Cli.Output;
using EtchStream.Formats;
using EtchStream.Pack;
using EtchStream.Sources;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream pack</c>.</summary>
[Verb("pack", HelpText = "Put a disk image, files for its partitions, and the container images it is to have on first boot, into one archive.")]
internal sealed class PackVerb : CommonOptions
{
    // EPIPE.
    private const int BrokenPipe = 32;

    [Option("image", MetaValue = "IMG", HelpText = "The disk image: raw, or compressed (gzip, xz, zstd, bzip2, zip of one file), told by its content.")]
    public string? Image { get; set; }

    [Option("inject", MetaValue = "PART:DEST=SRC", HelpText = "Put SRC into partition PART (number or label) at DEST. " + InjectOptions.Help)]
    public IEnumerable<string> Inject { get; set; } = [];

    [Option("config", MetaValue = "FILE", HelpText = InjectOptions.ConfigHelp)]
    public string? Config { get; set; }

    [Option("splash", MetaValue = "FILE", HelpText = InjectOptions.SplashHelp)]
    public string? Splash { get; set; }

    [Option("apps", MetaValue = "FILE", HelpText = "A balenaOS apps.json: it is checked, all its services' images are preloaded, and it goes to the root of the data partition.")]
    public string? Apps { get; set; }

    [Option("pin-device", HelpText = "With --apps: the device stays on that release until it is told otherwise.")]
    public bool PinDevice { get; set; }

    [Option("container", MetaValue = "REF", HelpText = "A container image to preload: host/repo:tag, host/repo@sha256:…, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:REF], or out of a container engine's data root at rest: engine:DIR[:REF], engine:TAR[:REF], engine:DISK.IMG[#PART][:REF] (without REF all its images that have a name; a compressed file is expanded into a temporary one in TMPDIR, as large as its content without zeros). Can be given several times.")]
    public IEnumerable<string> Container { get; set; } = [];

    [Option("engine-images", MetaValue = "FILE", HelpText = "Of the engines' data roots of --container only the images that this file names: what 'docker image inspect' printed, or an apps.json.")]
    public string? EngineImages { get; set; }

    [Option("supervisor", MetaValue = "REF", HelpText = "The image of the balena supervisor that the device is to start, instead of the one in the disk image or because there is none: it gets the names by which balenaOS looks for it, and the partition resin-state a supervisor.conf that names it.")]
    public string? Supervisor { get; set; }

    [Option("supervisor-version", MetaValue = "VERSION", HelpText = "The version of the supervisor, such as v18.2.2, where neither its tag nor its label org.opencontainers.image.version tells it.")]
    public string? SupervisorVersion { get; set; }

    [Option("data-partition", MetaValue = "N|LABEL", HelpText = "The partition of the engine's data root; default: the one labelled resin-data.")]
    public string? DataPartition { get; set; }

    [Option("engine-root", MetaValue = "PATH", HelpText = "The engine's data root in that partition; default: /docker, as on balenaOS. /var/lib/docker for a plain Docker host.")]
    public string? EngineRoot { get; set; }

    [Option("platform", MetaValue = "OS/ARCH[/VARIANT]", HelpText = "What the images have to run on, for instance linux/arm64 or linux/arm/v7. Default: what the disk image's board runs, by the device-type.json of its boot partition; where that is not known, an image that is there for several needs it.")]
    public string? Platform { get; set; }

    [Option("no-arch-check", HelpText = "Take images that the disk image's board does not run by their own account.")]
    public bool NoArchCheck { get; set; }

    [Option("no-reuse", HelpText = "Pack all layers, also those that the engine's store in the disk image has already.")]
    public bool NoReuse { get; set; }

    [Option("no-expand", HelpText = "Do not look into a compressed disk image: without this, one that container images go into is expanded into a temporary file in TMPDIR (no larger than the image's data without its zeros; gone at the end), to find the layers and the board that it has.")]
    public bool NoExpand { get; set; }

    [Option("registry-config", MetaValue = "FILE", HelpText = "Credentials for registries, in the form of Docker's config.json; default: Docker's own.")]
    public string? RegistryConfig { get; set; }

    [Option("ca", MetaValue = "FILE", HelpText = "Certificate authorities (PEM) to trust for registries, besides the system's.")]
    public string? CertificateAuthorities { get; set; }

    [Option("certificate", MetaValue = "FILE...", HelpText = "The same as --ca, for one or more files.")]
    public IEnumerable<string> Certificate { get; set; } = [];

    [Option("insecure-registry", MetaValue = "HOST[:PORT]", HelpText = "A registry whose certificate is not checked, or that has no TLS. Can be given several times. Loopback addresses need none.")]
    public IEnumerable<string> InsecureRegistry { get; set; } = [];

    [Option("plan", HelpText = "Say in the archive's beginning what each partition needs, so that unpack knows it even from a pipe. Everything that is injected is read twice for that, and layers of which it is not known yet are fetched twice; what they add up to is kept in the user's cache folder (etchstream/layers).")]
    public bool Plan { get; set; }

    [Option("no-cache", HelpText = "With --plan: neither use nor keep what is known of layers.")]
    public bool NoCache { get; set; }

    [Option("sign", MetaValue = "KEY.pem", HelpText = "Sign the archive with a private key (ECDSA P-256, as openssl makes it): its last member is the trailer's signature. The signature itself differs from run to run.")]
    public string? Sign { get; set; }

    [Option('o', "output", MetaValue = "FILE|-", HelpText = "The archive to write; - for standard output.")]
    public string? Output { get; set; }

    [Option("compress", MetaValue = "none|zstd[:LEVEL]|gzip[:LEVEL]", Default = "none", HelpText = "Compress the archive as a whole.")]
    public string Compress { get; set; } = "none";

    [Option("json", HelpText = "The result as JSON on standard output: manifest, trailer, sizes. Not with -o -, where the archive goes there.")]
    public bool Json { get; set; }

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        using var progress = OpenProgress(terminal, cancellationToken);
        using var key = Sign is null ? null : SigningKey.Open(OptionFile.Check("--sign", Sign));
        var options = Options(terminal, key);
        PackReport report;
        try
        {
            await using (options.OutputStream)
            {
                report = await PackPipeline.RunAsync(options, Progresses.OfPack(progress), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (IOException e) when (e.HResult == BrokenPipe && Output == "-" && !OperatingSystem.IsWindows())
        {
            throw new IOException("standard output: its reader has gone before the archive was complete", e);
        }
        catch (PartitionNotFoundException e)
        {
            throw new UsageException(
                InjectOptions.Asking(e.Selector, options.Injections, Config, Splash) is { } option ? $"{option}: {e.Message}"
                : DataPartition == e.Selector ? $"--data-partition: {e.Message}"
                : options.Containers?.DataPartition == e.Selector ? $"{e.Message}; name the partition of the engine's data with --data-partition"
                : e.Message,
                e);
        }

        progress.Dispose();
        Warn(terminal, report.Warnings);
        Summarize(terminal, PackSummary.Of(report, Output == "-" ? "to standard output" : Output!));
        if (Json) await terminal.Out.WriteLineAsync(report.ToJson()).ConfigureAwait(false);
    }

    private PackOptions Options(Terminal terminal, SigningKey? key)
    {
        if (string.IsNullOrEmpty(Image)) throw new UsageException("--image is missing: the disk image to pack");
        if (string.IsNullOrEmpty(Output)) throw new UsageException("-o is missing: the archive to write, or - for standard output");
        if (Output == "-" && terminal.IsOutputTerminal) throw new UsageException("standard output is a terminal, an archive does not go there; redirect it, or name a file with -o");
        if (Output == "-" && Json) throw new UsageException("--json: the archive goes to standard output already; name a file with -o");
        if (NoCache && !Plan) throw new UsageException("--no-cache needs --plan: there is a cache for that alone");
        if (!PackCompression.TryParse(Compress, out var compression, out var problem)) throw new UsageException($"--compress {problem}");
        return new PackOptions
        {
            Image = Image,
            Injections = [.. Inject.Select(InjectOptions.Parse)],
            ConfigPath = Config is null ? null : OptionFile.Check("--config", Config),
            SplashPath = Splash is null ? null : OptionFile.Check("--splash", Splash),
            Containers = ContainerArguments.Read(this),
            OutputPath = Output == "-" ? null : Output,
            OutputStream = Output == "-" ? terminal.OpenOutput() : null,
            Compression = compression,
            Plan = Plan,
            SigningKey = key,
            PlanCache = NoCache ? null : PackOptions.DefaultPlanCache,
        };
    }
}
