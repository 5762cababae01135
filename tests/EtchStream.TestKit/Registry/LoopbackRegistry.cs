using System.Collections.Concurrent;
using System.Net;
using System.Text;
using EtchStream.Oci;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EtchStream.TestKit.Registry;

/// <summary>
/// A registry on a loopback port that serves what it is given, can be told to fail in any of the ways registries and networks fail,
/// and remembers what it was asked.
/// </summary>
public sealed class LoopbackRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LoopbackRegistryOptions _options;
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (byte[] Content, string MediaType)> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly List<(string PathPart, Fault Fault)> _faults = [];
    private readonly Lock _gate = new();
    private int _tokenCount;

    private LoopbackRegistry(WebApplication app, LoopbackRegistryOptions options)
    {
        _app = app;
        _options = options;
    }

    /// <summary>Address and port, as a reference's host.</summary>
    public string Host => new Uri(_app.Urls.First()).Authority;

    /// <summary>Base address.</summary>
    public string Url => _app.Urls.First();

    /// <summary>All requests so far, without the client's first look at <c>/v2/</c>.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests.Where(r => r.Path != "/v2/")];

    /// <summary>Starts a registry on a free port.</summary>
    public static async Task<LoopbackRegistry> StartAsync(LoopbackRegistryOptions? options = null)
    {
        options ??= new LoopbackRegistryOptions();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (options.Certificate is not null) listen.UseHttps(options.Certificate);
        }));
        if (options.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var registry = new LoopbackRegistry(app, options);
        app.Run(registry.HandleAsync);
        await app.StartAsync();
        return registry;
    }

    /// <summary>A reference to an image of this registry.</summary>
    public ImageReference Reference(string repositoryAndTag) => ImageReference.Parse($"{Host}/{repositoryAndTag}");

    public void AddBlob(byte[] content) => _blobs[Digest.Sha256(content).ToString()] = content;

    /// <summary>Adds a manifest or index under its digest and, if given, a tag.</summary>
    public void AddManifest(string repository, byte[] content, string mediaType, string? tag = null)
    {
        _manifests[$"{repository}/{Digest.Sha256(content)}"] = (content, mediaType);
        if (tag is not null) _manifests[$"{repository}/{tag}"] = (content, mediaType);
    }

    /// <summary>Adds an image with all its blobs.</summary>
    public void Add(string repository, TestImage image, string? tag = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        foreach (var blob in image.Blobs) AddBlob(blob);
        AddManifest(repository, image.Manifest, image.ManifestType, tag);
    }

    /// <summary>The next <paramref name="times"/> requests whose path holds <paramref name="pathPart"/> go wrong in this way, after those asked for before.</summary>
    public void Fail(string pathPart, Fault fault, int times = 1)
    {
        lock (_gate)
        {
            for (var i = 0; i < times; i++) _faults.Add((pathPart, fault));
        }
    }

    /// <summary>Takes back what <see cref="Fail"/> asked for.</summary>
    public void ClearFaults()
    {
        lock (_gate) _faults.Clear();
    }

    /// <summary>Makes all tokens given so far invalid.</summary>
    public void RevokeTokens() => _tokens.Clear();

    private Fault TakeFault(string path)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(f => path.Contains(f.PathPart, StringComparison.Ordinal));
            if (index < 0) return new Fault();
            var fault = _faults[index].Fault;
            _faults.RemoveAt(index);
            return fault;
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value!;
        var form = request.HasFormContentType ? await new StreamReader(request.Body).ReadToEndAsync() : "";
        _requests.Enqueue(new RecordedRequest(request.Method, path, request.QueryString.Value ?? "", request.Host.Value ?? "", NullIfEmpty(request.Headers.Range), NullIfEmpty(request.Headers.Authorization), form));

        var fault = TakeFault(path);
        if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, context.RequestAborted);
        if (fault.Status is { } status)
        {
            context.Response.StatusCode = status;
            foreach (var (name, value) in fault.Headers) context.Response.Headers[name] = value;
            await context.Response.WriteAsync(fault.Body);
        }
        else if (path is "/token") await GiveTokenAsync(context, form);
        else if (!IsAuthorized(context)) await RefuseAsync(context);
        else if (path is "/v2/") context.Response.StatusCode = 200;
        else if (Find(path) is var (content, type)) await SendAsync(context, fault, content, type);
        else await ErrorAsync(context, 404, path.Contains("/blobs/", StringComparison.Ordinal) ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN", "not known to registry");
    }

    private static string? NullIfEmpty(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();

    private (byte[] Content, string MediaType)? Find(string path)
    {
        var manifests = path.IndexOf("/manifests/", StringComparison.Ordinal);
        if (manifests > 0 && path.StartsWith("/v2/", StringComparison.Ordinal))
            return _manifests.TryGetValue(path[4..manifests] + "/" + path[(manifests + "/manifests/".Length)..], out var manifest) ? manifest : null;
        return _blobs.TryGetValue(path[(path.LastIndexOf('/') + 1)..], out var blob) ? (blob, "application/octet-stream") : null;
    }

    private static async Task SendAsync(HttpContext context, Fault fault, byte[] content, string type)
    {
        var response = context.Response;
        content = fault.Change?.Invoke(content) ?? content;
        response.ContentType = type;
        var start = 0;
        if (!fault.IgnoresRange && context.Request.Headers.Range.ToString() is ['b', 'y', 't', 'e', 's', '=', .. var range, '-'])
        {
            start = int.Parse(range);
            if (start >= content.Length)
            {
                response.StatusCode = 416;
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
        if (fault.Cut == CutKind.Reset) context.Abort();
        else await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private bool IsAuthorized(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return _options.Login switch
        {
            RegistryLogin.None => true,
            _ when _options.RefusesAll => false,
            RegistryLogin.Basic => header == BasicHeader,
            _ => header.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.ContainsKey(header["Bearer ".Length..])
        };
    }

    private string BasicHeader => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.User}:{_options.Password}"));

    private Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = _options.Login == RegistryLogin.Basic
            ? "Basic realm=\"test\""
            : $"Bearer realm=\"{_options.Realm ?? Url + "/token"}\",service=\"test service\",scope=\"repository:everything:push,pull\"";
        return ErrorAsync(context, 401, "UNAUTHORIZED", "authentication required");
    }

    private async Task GiveTokenAsync(HttpContext context, string form)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var isKnown = _options.User is null || header == BasicHeader
            || (_options.IdentityToken is { } identity && form.Contains("refresh_token=" + identity, StringComparison.Ordinal));
        if (!isKnown)
        {
            await ErrorAsync(context, 401, "UNAUTHORIZED", "incorrect username or password");
            return;
        }
        var token = $"token-{Interlocked.Increment(ref _tokenCount)}";
        _tokens[token] = true;
        await context.Response.WriteAsync(_options.TokenAnswer?.Replace("{0}", token, StringComparison.Ordinal) ?? $$"""{"token":"{{token}}","expires_in":300}""");
    }

    private static Task ErrorAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"errors":[{"code":"{{code}}","message":"{{message}}"}]}""");
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
