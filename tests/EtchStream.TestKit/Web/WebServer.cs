using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EtchStream.TestKit.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EtchStream.TestKit.Web;

/// <summary>A web server on a loopback port, with ranges and If-Range, that can be told to fail and remembers what it was asked.</summary>
public sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, WebFile> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly ConcurrentQueue<WebRequest> _requests = new();

    private WebServer(WebApplication app) => _app = app;

    /// <summary>Base address, without a slash at its end.</summary>
    public string Url => _app.Urls.First();

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<WebRequest> Requests => [.. _requests];

    /// <summary>User and password that have to be given, with a colon between them; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>How long a connection stays open before it is reset: a reset takes back what the client has not read yet, the header too.</summary>
    private TimeSpan ResetDelay { get; init; }

    /// <summary>Called before each answer.</summary>
    public Action<int>? OnRequest { get; set; }

    /// <summary>Starts a server on a free port, with TLS where a certificate is given.</summary>
    public static async Task<WebServer> StartAsync(X509Certificate2? certificate = null, TimeSpan resetDelay = default)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var server = new WebServer(app) { ResetDelay = resetDelay };
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Puts a file at a path, in the place of an older one.</summary>
    public void Put(string path, WebFile file) => _files[path] = file;

    /// <summary>The next answers go wrong in these ways, one each.</summary>
    public void Fail(params Fault[] faults)
    {
        foreach (var fault in faults) _faults.Enqueue(fault);
    }

    private async Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        _requests.Enqueue(new WebRequest(
            request.Path.Value + request.QueryString.Value, request.Host.Value ?? "", Header(request, "Range"), Header(request, "If-Range"), Header(request, "Accept-Encoding"), Header(request, "Authorization")));
        OnRequest?.Invoke(_requests.Count);
        var fault = _faults.TryDequeue(out var next) ? next : new Fault();
        if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        if (fault.Status is { } status)
        {
            response.StatusCode = status;
            foreach (var (name, value) in fault.Headers) response.Headers[name] = value;
            await response.WriteAsync(fault.Body);
        }
        else if (Login is not null && Header(request, "Authorization") != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)))
        {
            response.StatusCode = 401;
            response.Headers.WWWAuthenticate = "Basic realm=\"test\"";
        }
        else if (_files.TryGetValue(request.Path.Value!, out var file)) await SendAsync(context, file, fault);
        else response.StatusCode = 404;
    }

    private static string? Header(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    private async Task SendAsync(HttpContext context, WebFile file, Fault fault)
    {
        var (request, response) = (context.Request, context.Response);
        var content = fault.Change?.Invoke(file.Content) ?? file.Content;
        response.ContentType = file.ContentType;
        response.Headers.Date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        if (file.ETag is not null) response.Headers.ETag = file.ETag;
        if (file.LastModified is { } modified) response.Headers.LastModified = modified.ToString("R", CultureInfo.InvariantCulture);
        if (file.ContentEncoding is not null) response.Headers.ContentEncoding = file.ContentEncoding;
        var start = 0;
        if (file.HasRanges && !fault.IgnoresRange && Header(request, "Range") is ['b', 'y', 't', 'e', 's', '=', .. var range, '-'] && IsUnchanged(Header(request, "If-Range"), file))
        {
            start = int.Parse(range, CultureInfo.InvariantCulture);
            if (start >= content.Length)
            {
                response.StatusCode = 416;
                response.Headers.ContentRange = $"bytes */{content.Length}";
                return;
            }

            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        if (!fault.HidesLength) response.ContentLength = content.Length - start;
        foreach (var (name, value) in fault.Headers) response.Headers[name] = value;
        var length = Math.Min(content.Length - start, fault.CutAfter ?? int.MaxValue);
        await response.Body.WriteAsync(content.AsMemory(start, length), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        if (fault.CutAfter is null || fault.Cut == CutKind.End) return;
        if (fault.Cut == CutKind.Reset)
        {
            await Task.Delay(ResetDelay, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Abort();
        }
        else
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static bool IsUnchanged(string? condition, WebFile file) =>
        condition is null || condition == file.ETag || condition == file.LastModified?.ToString("R", CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
