using CommandLine;
using EtchStream.Cli.Display;
using EtchStream.Check;
using EtchStream.Cli.Output;
using EtchStream.Formats;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream check</c>.</summary>
[Verb("check", HelpText = "Tell whether a flashed disk image is going to work: partitions, file systems, the container engine's images and layers, apps.json.")]
internal sealed class CheckVerb : CommonOptions
{
    [Value(0, MetaName = "IMAGE", HelpText = "A raw disk image, or a block device.")]
    public string? Image { get; set; }

    [Value(1, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    [Option("json", HelpText = "The result as JSON.")]
    public bool Json { get; set; }

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Image)) throw new UsageException("the image to check is missing: etchstream check IMAGE");
        if (Image == "-") throw new UsageException("an image is read by position, which standard input cannot be; name a file");
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one image only");
        using var progress = OpenProgress(terminal, cancellationToken);
        var report = ImageChecker.Check(Image, Progresses.OfCheck(progress), cancellationToken);
        progress.Dispose();
        await terminal.Out.WriteAsync(Json ? report.ToJson() + "\n" : CheckText.Format(report)).ConfigureAwait(false);
        if (!report.IsGood) throw new CorruptFormatException(Image, -1, $"it is not going to work: {report.Errors} {(report.Errors == 1 ? "defect was" : "defects were")} found");
    }
}
