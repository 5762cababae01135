using CommandLine;
using EtchStream.Browse;
using EtchStream.Cli.Output;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream extract</c>.</summary>
[Verb("extract", HelpText = "Copy a file or folder out of a partition, in a disk image or archive.")]
internal sealed class ExtractVerb : CommonOptions
{
    [Value(0, MetaName = "FILE", HelpText = LocationArgument.FileHelp)]
    public string? File { get; set; }

    [Value(1, MetaName = "PARTITION:/PATH", HelpText = LocationArgument.LocationHelp)]
    public string? Location { get; set; }

    [Value(2, MetaName = "DESTINATION", HelpText = "What it becomes; must not be there yet. Modes, times and symbolic links are kept, owners and extended attributes are not; devices are refused.")]
    public string? Destination { get; set; }

    [Value(3, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    /// <inheritdoc/>
    public override string Interrupted => "interrupted; the files that were copied whole stay";

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one place and one destination only");
        if (!string.IsNullOrEmpty(Location) && string.IsNullOrEmpty(Destination)) throw new UsageException("the destination is missing: etchstream extract FILE PARTITION:/PATH DESTINATION");
        var (browser, path) = await LocationArgument.OpenAsync("extract", File, Location, cancellationToken).ConfigureAwait(false);
        using (browser)
        {
            var done = Extraction.Run(browser, path, Destination!, cancellationToken);
            Summarize(terminal, $"extracted {(done.Files == 1 ? "1 file" : $"{done.Files} files")} ({Text.Bytes(done.Bytes)}) to {Destination}");
        }
    }
}
