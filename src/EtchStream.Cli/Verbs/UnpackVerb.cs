using CommandLine;
using EtchStream.Cli.Output;
using EtchStream.Formats;
using EtchStream.Sources;
using EtchStream.Unpack;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream unpack</c>.</summary>
[Verb("unpack", HelpText = "Write an archive's disk image to a file, with the files in its partitions.")]
internal sealed class UnpackVerb : CommonOptions
{
    [Value(0, MetaName = "INPUT", HelpText = "The archive, compressed or not; - for standard input.")]
    public string? Input { get; set; }

    [Value(1, MetaName = "OUTPUT", HelpText = "The file to write. It gets its name only when it is complete.")]
    public string? OutputPath { get; set; }

    [Option("inject", MetaValue = "PART:DEST=SRC", HelpText = "Put SRC into partition PART (number or label) at DEST as well, over what the archive brings. " + InjectOptions.Help)]
    public IEnumerable<string> Inject { get; set; } = [];

    [Option("config", MetaValue = "FILE", HelpText = InjectOptions.ConfigHelp)]
    public string? Config { get; set; }

    [Option("splash", MetaValue = "FILE", HelpText = InjectOptions.SplashHelp)]
    public string? Splash { get; set; }

    [Option("grow", MetaValue = "auto|none|SIZE", Default = "auto", HelpText = "Make the image larger, with its last partition (ext2, ext3, ext4): auto when that has no room for what goes into it, as much as it takes; none never; SIZE so that the image has this size (bytes, or with K, M, G, T).")]
    public string Grow { get; set; } = "auto";

    [Option("headroom", MetaValue = "SIZE", HelpText = "What is left free where the image grows; default: 5 % of what is in use, and at least 64M.")]
    public string? Headroom { get; set; }

    [Value(2, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Input)) throw new UsageException("the archive to unpack is missing: etchstream unpack INPUT OUTPUT");
        if (string.IsNullOrEmpty(OutputPath)) throw new UsageException("the file to write is missing: etchstream unpack INPUT OUTPUT");
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one output only");
        if (OutputPath == "-") throw new UsageException("an image is written by position, which standard output cannot be; name a file");
        using var progress = OpenProgress(terminal);
        var grow = GrowArguments.Parse(Grow, Headroom);
        List<Injection> injections = [.. Inject.Select(InjectOptions.Parse)];
        var options = new UnpackOptions
        {
            Injections = injections,
            ConfigPath = Config is null ? null : OptionFile.Check("--config", Config),
            SplashPath = Splash is null ? null : OptionFile.Check("--splash", Splash),
            Input = terminal.OpenArchive(Input),
            OutputPath = OutputPath,
            Grow = grow,
        };
        UnpackReport report;
        try
        {
            report = await UnpackPipeline.RunAsync(options, progress.IsOn ? new UnpackProgressView(progress) : null, cancellationToken).ConfigureAwait(false);
        }
        catch (PartitionNotFoundException e) when (InjectOptions.Asking(e.Selector, injections, Config, Splash) is { } option)
        {
            throw new UsageException($"{option}: {e.Message}");
        }

        progress.Dispose();
        foreach (var warning in report.Warnings) Tell(terminal, $"etchstream: warning: {warning}");
        Tell(terminal, Summary(report));
    }

    private static string Summary(UnpackReport report)
    {
        var text = $"unpacked {report.ImageName} ({Text.Bytes(report.ImageSize)}, {Text.Bytes(report.ImageBytesWritten)} of data)";
        foreach (var partition in report.Partitions)
        {
            var label = partition.Label is null ? "" : $" ({partition.Label})";
            text += $"; {partition.Entries} entries ({Text.Bytes(partition.Bytes)}) into partition {partition.Number}{label}, {partition.FileSystem}";
            if (partition.FreeBytes is { } free) text += $", {Text.Bytes(free)} free";
        }

        if (report.Grown is { } grown) text += $"; partition {grown.Number} was grown from {Text.Bytes(grown.Before)} to {Text.Bytes(grown.After)}";

        return text;
    }

    private sealed class UnpackProgressView(ConsoleProgress console) : IProgress<UnpackProgress>
    {
        public void Report(UnpackProgress value)
        {
            var phase = value.Phase switch
            {
                UnpackPhase.Start => "start",
                UnpackPhase.Image => "image",
                UnpackPhase.Files => "files",
                UnpackPhase.Metadata => "metadata",
                UnpackPhase.Flush => "flush",
                _ => "done",
            };
            console.Report(new ProgressState(phase, value.InputBytes, value.InputLength, value.Files, value.CurrentPath));
        }
    }
}
