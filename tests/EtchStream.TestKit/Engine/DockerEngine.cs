using System.Diagnostics;
using System.Text;
using EtchStream.TestKit.Native;

namespace EtchStream.TestKit.Engine;

/// <summary>
/// Debian's dockerd (moby) on a data root of the test's own: no network, no iptables, storage driver overlay2, its own containerd.
/// The data root has to lie on a file system that overlayfs takes as its upper layer, see <see cref="EngineVolume"/>.
/// </summary>
public sealed class DockerEngine : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    // Paths of Unix sockets end at about a hundred bytes: neither the data root nor a test's usual folder is short enough.
    private readonly string _short;
    private bool _stopped;

    private DockerEngine(string dataRoot, string @short)
    {
        DataRoot = dataRoot;
        _short = @short;
        var start = new ProcessStartInfo(HostPackages.Find("dockerd")!)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--data-root", dataRoot, "--exec-root", Path.Combine(@short, "x"), "--pidfile", Path.Combine(@short, "pid"),
                "--config-file", Path.Combine(@short, "daemon.json"), "-H", Host,
                "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2",
            },
        };
        start.Environment["PATH"] = string.Join(':', HostPackages.SearchPath);
        start.Environment["LC_ALL"] = "C";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
    }

    /// <summary>The daemon's <c>--data-root</c>.</summary>
    public string DataRoot { get; }

    /// <summary>The daemon's address, as the client takes it.</summary>
    public string Host => $"unix://{_short}/s";

    /// <summary>What the daemon has logged so far.</summary>
    public string Messages
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Starts the daemon on a folder, which is made if need be, and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It does not start; the message has its log.</exception>
    public static async Task<DockerEngine> StartAsync(string dataRoot)
    {
        Directory.CreateDirectory(dataRoot);
        var folder = Directory.CreateTempSubdirectory("ete-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "daemon.json"), "{}");
        var engine = new DockerEngine(dataRoot, folder);
        AppDomain.CurrentDomain.ProcessExit += engine.Kill;
        engine._process.Start();
        engine._process.BeginOutputReadLine();
        engine._process.BeginErrorReadLine();
        try
        {
            await engine.WaitAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the client, whatever its exit code.</summary>
    public HostToolResult Run(params string[] arguments) => HostTool.Run(new HostToolCall(Client, ["-H", Host, .. arguments])
    {
        // No settings and no credentials of whoever runs the tests; and the one builder that needs no further daemon.
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DOCKER_CONFIG"] = _short, ["DOCKER_BUILDKIT"] = "0" },
    });

    /// <summary>Runs the client, which has to succeed.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has its output and the end of the daemon's log.</exception>
    public string Docker(params string[] arguments)
    {
        var result = Run(arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{result.CommandLine}\nexited with {result.ExitCode}\n{result.Error}\n{result.Output}\n{LogTail()}");
    }

    /// <summary>Stops the daemon in order, waits for its end, and unmounts what it left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped) return;
        _stopped = true;
        if (!_process.HasExited) _ = Libc.Kill(_process.Id, Terminate);
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException error)
        {
            _process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"dockerd did not stop in {Patience}\n{LogTail()}", error);
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= Kill;
            EngineMounts.UnmountBelow(DataRoot);
            EngineMounts.UnmountBelow(_short);
            HostTool.Run("rm", "-rf", "--one-file-system", "--", _short);
            _process.Dispose();
        }
    }

    // Debian's own client before one of another version that a machine may have in /usr/local/bin.
    private static string Client => File.Exists("/usr/bin/docker") ? "/usr/bin/docker" : "docker";

    private async Task WaitAsync()
    {
        var since = Stopwatch.StartNew();
        while (Run("info").ExitCode != 0)
        {
            if (_process.HasExited) throw new InvalidOperationException($"dockerd exited with {_process.ExitCode}\n{LogTail()}");
            if (since.Elapsed > Patience) throw new InvalidOperationException($"dockerd does not answer after {Patience}\n{LogTail()}");
            await Task.Delay(100);
        }
    }

    // A test run that is stopped leaves no daemon behind.
    private void Kill(object? sender, EventArgs e)
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    private void Log(string? line)
    {
        if (line is null) return;
        lock (_log) _log.AppendLine(line);
    }

    private string LogTail()
    {
        const int Limit = 6000;
        lock (_log) return _log.Length <= Limit ? _log.ToString() : _log.ToString(_log.Length - Limit, Limit);
    }
}
