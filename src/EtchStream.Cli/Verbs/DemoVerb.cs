using CommandLine;
using EtchStream.Dataflow;
using EtchStream.Formats;

namespace EtchStream.Cli.Verbs;

/// <summary><c>etchstream demo</c>: the main job on an example that the program brings with it.</summary>
[Verb("demo", HelpText = "Show it: pack an example disk image with files for one of its partitions, unpack it, and look into the result. No network, no root.")]
internal sealed class DemoVerb : CommonOptions
{
    [Value(0, MetaName = "DIR", Default = "etchstream-demo", HelpText = "The folder to work in, which must not be there yet; it takes some 4 MB.")]
    public string Folder { get; set; } = "etchstream-demo";

    [Value(1, MetaName = "", Hidden = true)]
    public IEnumerable<string> Surplus { get; set; } = [];

    /// <inheritdoc/>
    public override async Task RunAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        if (Surplus.FirstOrDefault() is { } surplus) throw new UsageException($"'{surplus}': one folder only");
        if (Path.Exists(Folder)) throw new IOException($"{Folder}: it is there already; name another folder: etchstream demo DIR");
        try
        {
            Directory.CreateDirectory(Folder);
            await CopyAsync("disk.img.gz", cancellationToken).ConfigureAwait(false);
            await CopyAsync("payload.tar.gz", cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new OutOfSpaceException($"{Folder}: no space left on its disk, it takes some 4 MB; name another folder: etchstream demo DIR", inner: e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"{Folder}: no permission to make it and write there; name another folder: etchstream demo DIR", e);
        }

        var (archive, disk) = (In("device.tar"), In("flashed.img"));
        await RunAsync(terminal, cancellationToken, "pack", "--image", In("disk.img.gz"), "--inject", $"data:/srv={In("payload.tar.gz")}", "-o", archive).ConfigureAwait(false);
        await RunAsync(terminal, cancellationToken, "inspect", archive).ConfigureAwait(false);
        await RunAsync(terminal, cancellationToken, "unpack", "--verify", archive, disk).ConfigureAwait(false);
        await RunAsync(terminal, cancellationToken, "inspect", disk).ConfigureAwait(false);
        await RunAsync(terminal, cancellationToken, "ls", disk, "data:/srv").ConfigureAwait(false);
        await RunAsync(terminal, cancellationToken, "check", disk).ConfigureAwait(false);
        await terminal.Out.WriteAsync($"""

            {disk} is ready to be written to a card or disk; nothing was mounted, and no root was needed. Next:

              etchstream unpack {archive} /dev/sdX        the same straight onto a device (it asks first)
              etchstream pack --image YOUR.img --container nginx:1.27 --data-partition 2 --engine-root /var/lib/docker -o pi.tar
              etchstream pack --image balena.img --apps apps.json -o - | ssh STATION etchstream unpack - /dev/sdX
              etchstream pack --help

            """).ConfigureAwait(false);
    }

    private string In(string name) => Path.Combine(Folder, name);

    private async Task CopyAsync(string name, CancellationToken cancellationToken)
    {
        await using var source = typeof(DemoVerb).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
        await using var target = File.Create(In(name));
        await source.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows a command line, and does what it says.</summary>
    private async Task RunAsync(Terminal terminal, CancellationToken cancellationToken, params string[] arguments)
    {
        // What was asked of the demo is asked of each: standard error is for machines, or for nobody, from the first line to the last.
        arguments = [.. arguments, .. Progress == "auto" ? (string[])[] : ["--progress", Progress], .. Quiet ? (string[])["--quiet"] : [], .. Verbose ? (string[])["--verbose"] : []];
        await terminal.Out.WriteLineAsync($"\n$ etchstream {string.Join(' ', arguments)}").ConfigureAwait(false);
        await terminal.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        var code = await CommandRunner.RunAsync(arguments, terminal, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (code != ExitCode.Done) throw new IOException($"the demo ended at this command, with exit code {code}");
    }
}
