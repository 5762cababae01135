using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EtchStream.TestKit.Registry;

/// <summary>Debian's docker-registry, the distribution project's own server, on a loopback port with an empty store.</summary>
public sealed class DebianRegistry : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private DebianRegistry(TemporaryFolder folder, Process process, string host)
    {
        _folder = folder;
        _process = process;
        Host = host;
    }

    /// <summary>Address and port, as a reference's host.</summary>
    public string Host { get; }

    /// <summary>Starts the server and waits until it answers.</summary>
    public static async Task<DebianRegistry> StartAsync()
    {
        var folder = new TemporaryFolder();
        var host = $"127.0.0.1:{FreePort()}";
        await File.WriteAllTextAsync(folder["config.yml"], $"""
            version: 0.1
            log:
              level: error
            storage:
              filesystem:
                rootdirectory: {folder.MakeFolder("store")}
            http:
              addr: {host}
            """);
        var start = new ProcessStartInfo(HostPackages.Find("docker-registry")!, ["serve", folder["config.yml"]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var registry = new DebianRegistry(folder, process, host);
        await registry.WaitAsync();
        return registry;
    }

    private async Task WaitAsync()
    {
        using var client = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://{Host}/v2/"));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (attempt < 300 && !_process.HasExited)
            {
                // It is not listening yet.
            }
            await Task.Delay(100);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
