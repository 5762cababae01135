using CommandLine;
using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream cat</c>.</summary>
[Verb("cat", HelpText = "Write a file of a partition, in a disk image or archive, to standard output.")]
internal sealed class CatVerb : CommonOptions
{
    [Value(0, MetaName = "FILE", HelpText = LocationArgument.FileHelp)]
    public string? File { get; set; }

    [Value(1, MetaName = "PARTITION:/PATH", HelpText = LocationArgument.LocationHelp)]
    public string? Location { get; set; }

    [Value(2, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one file only");
        var (browser, path) = await LocationArgument.OpenAsync("cat", File, Location, cancellationToken).ConfigureAwait(false);
        using (browser)
        {
            var entry = browser.Get(path);
            if (entry.Kind == FileKind.SymbolicLink) throw new IOException($"{File}: {Location}: it is a symbolic link to {PathText.Of(entry.LinkTarget!.Value.Span)}, which is not followed; name that");
            if (entry.Kind != FileKind.File) throw new IOException($"{File}: {Location}: it is no regular file{(entry.Kind == FileKind.Directory ? "; list it with 'etchstream ls'" : "")}");
            await using var content = browser.Open(entry);
            await using var output = terminal.OpenOutput();
            await content.CopyToAsync(output, 1 << 20, cancellationToken).ConfigureAwait(false);
        }
    }
}
