using CommandLine;
using EtchStream.Cli.Display;
using EtchStream.Archive.Signing;
using EtchStream.Cli.Output;
using EtchStream.Formats;
using EtchStream.Sources;
using EtchStream.Unpack;
using EtchStream.Unpack.Devices;
using EtchStream.Unpack.Outputs;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream unpack</c>.</summary>
[Verb("unpack", HelpText = "Write an archive's disk image to a device or file, or to several, with the files in its partitions.")]
internal sealed class UnpackVerb : CommonOptions
{
    private bool _hasDevices;

    [Value(0, MetaName = "INPUT", HelpText = "The archive, compressed or not: a file, - for standard input, or an address, http:// or https://. User and password come from ~/.netrc or the address; a lost connection is taken up again.")]
    public string? Input { get; set; }

    [Value(1, MetaName = "OUTPUT", HelpText = "The file or block device to write, or several, which get the same bytes in one pass. A file gets its name only when it is complete; a device, which must not be in use, its partition table.")]
    public IEnumerable<string> Outputs { get; set; } = [];

    [Option("verify", HelpText = "Read back from the medium all that was written, past the system's cache, and compare, and read every injected file as the archive has it, before an output is complete.")]
    public bool Verify { get; set; }

    [Option("ca", MetaValue = "FILE", HelpText = ArchiveArgument.CaHelp)]
    public string? CertificateAuthorities { get; set; }

    [Option("trusted-key", MetaValue = "KEY.pem", HelpText = "Take only an archive that was signed (pack --sign) by the owner of this public key. Can be given several times: one of them has to fit.")]
    public IEnumerable<string> TrustedKey { get; set; } = [];

    [Option("yes", HelpText = "Do not ask before a device is written. Without a terminal nobody is asked anyway.")]
    public bool Yes { get; set; }

    [Option("force", HelpText = "Write a device also when it is read-only, or on the disk that holds the running system. One that is mounted or otherwise in use is never written.")]
    public bool Force { get; set; }

    [Option("inject", MetaValue = "PART:DEST=SRC", HelpText = "Put SRC into partition PART (number or label) at DEST as well, over what the archive brings. " + InjectOptions.Help)]
    public IEnumerable<string> Inject { get; set; } = [];

    [Option("config", MetaValue = "FILE", HelpText = InjectOptions.ConfigHelp)]
    public string? Config { get; set; }

    [Option("splash", MetaValue = "FILE", HelpText = InjectOptions.SplashHelp)]
    public string? Splash { get; set; }

    [Option("grow", MetaValue = "auto|none|SIZE", Default = "auto", HelpText = "Make the image larger, with its last partition (ext2, ext3, ext4): auto when that has no room for what goes into it, as much as it takes; none never; SIZE so that the image has this size (bytes, or with K, M, G, T).")]
    public string Grow { get; set; } = "auto";

    [Option("json", HelpText = "The result as JSON on standard output: bytes, partitions, growth, digests, what became of each output.")]
    public bool Json { get; set; }

    [Option("headroom", MetaValue = "SIZE", HelpText = "What is left free where the image grows; default: 5 % of what is in use, and at least 64M.")]
    public string? Headroom { get; set; }

    /// <inheritdoc/>
    public override string Interrupted => _hasDevices ? "interrupted; a device that was begun has no partition table now, a file was not left behind" : base.Interrupted;

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Input)) throw new UsageException("the archive to unpack is missing: etchstream unpack INPUT OUTPUT");
        List<string> outputs = [.. Outputs];
        if (outputs.Count == 0 || outputs.Contains("")) throw new UsageException("the file or device to write is missing: etchstream unpack INPUT OUTPUT...");
        if (outputs.Contains("-")) throw new UsageException("an image is written by position, which standard output cannot be; name a file");
        using var progress = OpenProgress(terminal, cancellationToken);
        var grow = GrowArguments.Parse(Grow, Headroom);
        List<string> keyFiles = [.. TrustedKey.Select(k => OptionFile.Check("--trusted-key", k))];
        using var keys = keyFiles.Count == 0 ? null : TrustedKeys.Open(keyFiles);
        List<Injection> injections = [.. Inject.Select(InjectOptions.Parse)];
        var options = new UnpackOptions
        {
            Injections = injections,
            ConfigPath = Config is null ? null : OptionFile.Check("--config", Config),
            SplashPath = Splash is null ? null : OptionFile.Check("--splash", Splash),
            Input = await ArchiveArgument.OpenAsync(terminal, Input, CertificateAuthorities, cancellationToken).ConfigureAwait(false),
            Outputs = outputs,
            Grow = grow,
            Force = Force,
            Verify = Verify,
            TrustedKeys = keys,
        };
        _hasDevices = outputs.Any(o => BlockDevices.TryDescribe(o) is not null);
        if (!Yes) DeviceQuestion.Ask(terminal, outputs, Force);
        UnpackReport report;
        try
        {
            report = await UnpackPipeline.RunAsync(options, Progresses.OfUnpack(progress), cancellationToken).ConfigureAwait(false);
        }
        catch (AllOutputsFailedException e)
        {
            progress.Dispose();
            TellResults(terminal, e.Results);
            throw;
        }
        catch (PartitionNotFoundException e) when (InjectOptions.Asking(e.Selector, injections, Config, Splash) is { } option)
        {
            throw new UsageException($"{option}: {e.Message}", e);
        }

        progress.Dispose();
        Warn(terminal, report.Warnings);
        Summarize(terminal, UnpackSummary.Of(report));
        if (Json) await terminal.Out.WriteLineAsync(report.ToJson()).ConfigureAwait(false);
        TellResults(terminal, report.Outputs);
        var failed = report.Outputs.Count(o => o.Failure is not null);
        if (failed > 0) throw new IOException($"{failed} of {report.Outputs.Count} outputs could not be written");
    }

    /// <summary>Of several outputs a line for each; the reason of one that failed is an error, which is told even when told to be quiet.</summary>
    private void TellResults(Terminal terminal, IReadOnlyList<OutputResult> results)
    {
        if (results.Count < 2) return;
        foreach (var result in results)
        {
            if (result.Failure is { } failure) Notices.Output(terminal, result.Path, WithoutPath(failure.Message, result.Path));
            else if (!Quiet) Notices.Output(terminal, result.Path, failure: null);
        }
    }

    private static string WithoutPath(string message, string path) => message.StartsWith(path + ": ", StringComparison.Ordinal) ? message[(path.Length + 2)..] : message;
}
