using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EtchStream.TestKit.Web;

/// <summary>Debian's nginx on a loopback port, serving a folder of its own.</summary>
public sealed class Nginx : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _scheme;
    private Process? _process;

    private Nginx(string scheme)
    {
        _scheme = scheme;
        Port = FreePort();
        Root = _folder.MakeFolder("root");
    }

    /// <summary>The folder that it serves.</summary>
    public string Root { get; }

    public int Port { get; }

    /// <summary>Base address, without a slash at its end.</summary>
    public string Url => $"{_scheme}://127.0.0.1:{Port}";

    /// <summary>Lines of its access log: status, request, Range.</summary>
    public IReadOnlyList<string> Log => File.Exists(_folder["access.log"]) ? File.ReadAllLines(_folder["access.log"]) : [];

    /// <summary>Starts it.</summary>
    /// <param name="location">Directives for all that it serves.</param>
    /// <param name="certificate">Certificate and key, PEM; null for plain HTTP.</param>
    public static async Task<Nginx> StartAsync(string location = "", (string Certificate, string Key)? certificate = null)
    {
        var nginx = new Nginx(certificate is null ? "http" : "https");
        var tls = "";
        if (certificate is var (chain, key))
        {
            await File.WriteAllTextAsync(nginx._folder["chain.pem"], chain);
            await File.WriteAllTextAsync(nginx._folder["key.pem"], key);
            tls = $"ssl_certificate {nginx._folder["chain.pem"]}; ssl_certificate_key {nginx._folder["key.pem"]};";
        }

        await File.WriteAllTextAsync(nginx._folder["nginx.conf"], $$"""
            daemon off;
            worker_processes 1;
            user root;
            pid {{nginx._folder["pid"]}};
            error_log {{nginx._folder["error.log"]}};
            events {}
            http {
                log_format short '$status "$request" "$http_range"';
                access_log {{nginx._folder["access.log"]}} short;
                client_body_temp_path {{nginx._folder["b"]}};
                proxy_temp_path {{nginx._folder["p"]}};
                fastcgi_temp_path {{nginx._folder["f"]}};
                uwsgi_temp_path {{nginx._folder["u"]}};
                scgi_temp_path {{nginx._folder["s"]}};
                server {
                    listen 127.0.0.1:{{nginx.Port}} {{(certificate is null ? "" : "ssl")}};
                    root {{nginx.Root}};
                    {{tls}}
                    location / { {{location}} }
                }
            }
            """);
        await nginx.StartAsync();
        return nginx;
    }

    /// <summary>Starts it again on the same port.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(HostPackages.Find("nginx")!, ["-c", _folder["nginx.conf"], "-e", _folder["error.log"]]) { UseShellExecute = false };
        _process = Process.Start(start)!;
        for (var attempt = 0; !await AnswersAsync(); attempt++)
        {
            if (_process.HasExited || attempt == 300) throw new InvalidOperationException("nginx did not start: " + (File.Exists(_folder["error.log"]) ? await File.ReadAllTextAsync(_folder["error.log"]) : ""));
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it at once, with all its connections.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        // Killed, it would leave its worker behind.
        if (!_process.HasExited) HostTool.RunOk("kill", "-TERM", $"{_process.Id}");
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
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
        await StopAsync();
        _folder.Dispose();
    }
}
