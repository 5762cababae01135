using CommandLine;
using EtchStream.Formats;
using EtchStream.Inspect;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream inspect</c>.</summary>
[Verb("inspect", HelpText = "Show what an archive or a disk image holds.")]
internal sealed class InspectVerb : CommonOptions
{
    [Value(0, MetaName = "ARCHIVE|IMAGE", HelpText = "The file, told by its content; - for an archive from standard input, or the address of one, http:// or https://.")]
    public string? Input { get; set; }

    [Value(1, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    [Option("ca", MetaValue = "FILE", HelpText = ArchiveArgument.CaHelp)]
    public string? CertificateAuthorities { get; set; }

    [Option("verify", HelpText = "Read all of an archive and compare its digest. Without it, of an uncompressed file only the headers are read; what comes by a pipe or is compressed is read whole anyway.")]
    public bool Verify { get; set; }

    [Option("json", HelpText = "The result as JSON.")]
    public bool Json { get; set; }

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Input)) throw new UsageException("the archive or image to look into is missing: etchstream inspect ARCHIVE|IMAGE");
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one file only");
        using var progress = OpenProgress(terminal, cancellationToken);
        var input = await ArchiveArgument.OpenAsync(terminal, Input, CertificateAuthorities, cancellationToken).ConfigureAwait(false);
        var report = await Inspector.InspectAsync(input, decoders: null, Verify, cancellationToken).ConfigureAwait(false);
        if (Verify && report.Image is not null) throw new UsageException($"--verify is about archives, and {Input} is a disk image; 'etchstream check' looks at all of one");
        await terminal.Out.WriteAsync(Json ? report.ToJson() + "\n" : InspectText.Format(report, ascii: !terminal.TakesUnicode)).ConfigureAwait(false);

        // What could be told is told, but a script must not take a damaged archive for a whole one.
        if (report.Archive is { IsComplete: false } archive) throw new CorruptFormatException(report.Name, -1, archive.Problem ?? "the archive is not complete");
    }
}
