using CommandLine;
using EtchStream.Browse;
using EtchStream.Cli.Output;
using EtchStream.Formats.Unix;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream ls</c>.</summary>
[Verb("ls", HelpText = "List a folder of a partition, in a disk image or archive.")]
internal sealed class ListVerb : CommonOptions
{
    [Value(0, MetaName = "FILE", HelpText = LocationArgument.FileHelp)]
    public string? File { get; set; }

    [Value(1, MetaName = "PARTITION:/PATH", HelpText = LocationArgument.LocationHelp)]
    public string? Location { get; set; }

    [Value(2, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    [Option('R', "recursive", HelpText = "Also what is in the folders, and theirs.")]
    public bool Recursive { get; set; }

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one place only");
        var (browser, path) = await LocationArgument.OpenAsync("ls", File, Location, cancellationToken).ConfigureAwait(false);
        using (browser)
        {
            var entry = browser.Get(path);
            if (entry.Kind == FileKind.Directory) await WriteAsync(terminal, browser, path, "", cancellationToken).ConfigureAwait(false);
            else await WriteAsync(terminal, entry, "").ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(Terminal terminal, ImageBrowser browser, byte[] folder, string shown, CancellationToken cancellationToken)
    {
        foreach (var entry in browser.List(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WriteAsync(terminal, entry, shown).ConfigureAwait(false);
            if (Recursive && entry.Kind == FileKind.Directory) await WriteAsync(terminal, browser, [.. folder, (byte)'/', .. entry.Name.Span], $"{shown}{entry.ShownName}/", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(Terminal terminal, BrowsedEntry entry, string folder)
    {
        var target = entry.LinkTarget is { } link ? $" -> {PathText.Of(link.Span)}" : entry.Kind == FileKind.Directory ? "/" : "";
        await terminal.Out.WriteLineAsync(Text.OneLine($"{ModeText.Of(entry.Kind, entry.Attributes?.Mode)} {Owner(entry),11} {entry.Size,13} {Time(entry)} {folder}{entry.ShownName}{target}")).ConfigureAwait(false);
    }

    private static string Owner(BrowsedEntry entry) => entry.Attributes is { } attributes ? $"{attributes.UserId}:{attributes.GroupId}" : "-";

    private static string Time(BrowsedEntry entry)
    {
        if (entry.Attributes is not { ModificationTime.Seconds: var seconds }) return "-";
        return seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
            : $"@{seconds}";
    }
}
