using CommandLine;
using EtchStream.Cli.Output;
using EtchStream.Formats;
using EtchStream.Pack;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream pack</c>.</summary>
[Verb("pack", HelpText = "Put a disk image, and files for its partitions, into one archive.")]
internal sealed class PackVerb : CommonOptions
{
    [Option("image", MetaValue = "IMG", HelpText = "The disk image: raw, or compressed (gzip, xz, zstd, bzip2, zip of one file), told by its content.")]
    public string? Image { get; set; }

    [Option("inject", MetaValue = "PART:DEST=SRC", HelpText = "Put SRC into partition PART (number or label) at DEST. Can be given several times; the later one wins. SRC is a folder, whose content goes to DEST; a file, which becomes DEST (or keeps its name below it, if DEST ends with '/'); or a tar archive, compressed or not, whose entries are taken as they are. What it is, is told from its content; dir:SRC, file:SRC or tar:SRC says it (file:backup.tar puts the archive itself into the partition).")]
    public IEnumerable<string> Inject { get; set; } = [];

    [Option('o', "output", MetaValue = "FILE|-", HelpText = "The archive to write; - for standard output.")]
    public string? Output { get; set; }

    [Option("compress", MetaValue = "none|zstd[:LEVEL]|gzip[:LEVEL]", Default = "none", HelpText = "Compress the archive as a whole.")]
    public string Compress { get; set; } = "none";

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        using var progress = OpenProgress(terminal);
        var options = Options(terminal);
        PackReport report;
        try
        {
            await using (options.OutputStream)
            {
                report = await PackPipeline.RunAsync(options, progress.IsOn ? new PackProgressView(progress) : null, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PartitionNotFoundException e)
        {
            throw new UsageException($"--inject: {e.Message}");
        }

        progress.Dispose();
        foreach (var warning in report.Warnings) Tell(terminal, $"etchstream: warning: {warning}");
        Tell(terminal, Summary(report));
    }

    private PackOptions Options(Terminal terminal)
    {
        if (string.IsNullOrEmpty(Image)) throw new UsageException("--image is missing: the disk image to pack");
        if (string.IsNullOrEmpty(Output)) throw new UsageException("-o is missing: the archive to write, or - for standard output");
        if (Output == "-" && terminal.IsOutputTerminal) throw new UsageException("standard output is a terminal, an archive does not go there; redirect it, or name a file with -o");
        if (!PackCompression.TryParse(Compress, out var compression, out var problem)) throw new UsageException($"--compress {problem}");
        return new PackOptions
        {
            Image = Image,
            Injections = [.. Inject.Select(Parse)],
            OutputPath = Output == "-" ? null : Output,
            OutputStream = Output == "-" ? terminal.OpenOutput() : null,
            Compression = compression,
        };
    }

    private static Injection Parse(string text) =>
        Injection.TryParse(text, out var injection, out var problem) ? injection : throw new UsageException($"--inject {problem}");

    private static string Summary(PackReport report)
    {
        var entries = report.Trailer.Partitions.Sum(p => p.Entries);
        var text = $"packed {report.Manifest.Image.Name} ({Text.Bytes(report.Manifest.Image.Size)}, {Text.Bytes(report.ImageDataBytes)} of data)";
        if (report.Trailer.Partitions.Count > 0) text += $" and {entries} entries ({Text.Bytes(report.Trailer.Partitions.Sum(p => p.Bytes))}) for partition {string.Join(", ", report.Trailer.Partitions.Select(p => p.Partition))}";
        return $"{text}: {Text.Bytes(report.OutputBytes)}";
    }

    private sealed class PackProgressView(ConsoleProgress console) : IProgress<PackProgress>
    {
        public void Report(PackProgress value)
        {
            var phase = value.Phase switch
            {
                PackPhase.Scan => "scan",
                PackPhase.Image => "image",
                PackPhase.Files => "files",
                _ => "finish",
            };
            console.Report(new ProgressState(phase, value.Bytes, value.TotalBytes, value.Entries, value.CurrentPath));
        }
    }
}
