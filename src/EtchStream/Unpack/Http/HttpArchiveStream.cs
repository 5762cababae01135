using System.Net;
using System.Net.Http.Headers;
using EtchStream.Oci.Http;

namespace EtchStream.Unpack.Http;

/// <summary>
/// An archive from a web server, read forward, over as many connections as it takes. A rest is taken only where the server says that it
/// is of the same file: parts of two archives put together would be found by their digest, but an archive made by hand has none.
/// </summary>
internal sealed class HttpArchiveStream : ResumingStream
{
    private static readonly ServerKind s_server = new("server", "if it has none, write http:// in place of https://", "is it a web server, and if it has TLS, is https:// written in place of http://?");

    private readonly ArchiveUrl _url;
    private readonly HttpInputOptions _options;
    private readonly HttpClient _client;
    private readonly AuthenticationHeaderValue? _authorization;
    private bool _isOpened;
    private Validator? _validator;
    private long? _size;

    public HttpArchiveStream(ArchiveUrl url, HttpInputOptions options)
        : base(options, url.ToString())
    {
        _url = url;
        _options = options;
        _client = HttpClients.Create(options);
        _authorization = Authorization(url, options.Netrc);
    }

    /// <summary>The <c>Content-Encoding</c> of the bytes, in the order in which it was applied; empty for none.</summary>
    public IReadOnlyList<string> Encodings { get; private set; } = [];

    /// <summary>Bytes that come; null where the server does not tell.</summary>
    public long? KnownLength => _size;

    protected override long? Size => _size;

    // Nobody should wait half a minute to learn that the address is wrong.
    protected override int MaxFirstRefusals => 2;

    protected override async Task<(HttpResponseMessage Response, long Skip)> RequestAsync(StallGuard guard, CancellationToken cancellationToken)
    {
        if (BytesRead > 0 && _validator is null)
            throw Fail($"the connection was lost after {BytesRead} bytes, and the server gives nothing (a strong ETag, or a Last-Modified) by which the rest could be known to be of the same file; download the archive first");
        var response = await Redirects.FollowAsync(_url.Address, _authorization, Prepare, request => SendAsync(request, guard, cancellationToken), uri => uri.Scheme == Uri.UriSchemeHttp, (problem, status) => Fail(problem, status)).ConfigureAwait(false);
        try
        {
            return (response, Take(response));
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static AuthenticationHeaderValue? Authorization(ArchiveUrl url, NetrcFile? netrc)
    {
        if (url is { User: { } user, Password: { } password }) return BasicAuthorization.Of(user, password);
        if (netrc?.Find(url.Address.Host, url.User) is var (login, secret)) return BasicAuthorization.Of(login, secret);
        return url.User is { } name ? BasicAuthorization.Of(name, "") : null;
    }

    private void Prepare(HttpRequestHeaders headers)
    {
        headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (BytesRead == 0) return;
        headers.Range = new RangeHeaderValue(BytesRead, to: null);
        headers.IfRange = _validator!.ToCondition();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, StallGuard guard, CancellationToken cancellationToken)
    {
        try
        {
            return await guard.RunAsync(
                async token => await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        // The handler's own connect time-out.
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fail($"no connection within {_options.StallTimeout.TotalSeconds:0} seconds", isTransient: true, inner: e);
        }
    }

    /// <summary>Checks an answer, and remembers the first.</summary>
    /// <returns>How many bytes of its body are to be passed over.</returns>
    private long Take(HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when BytesRead == 0:
                TakeFirst(response);
                return 0;
            case HttpStatusCode.OK:
                // All of it in place of the rest: the server knows no ranges, or it is another file by now.
                if (!_validator!.Confirms(response) || (_size is not null && response.Content.Headers.ContentLength is { } length && length != _size) || !HasSameEncodings(response)) throw Changed();
                return BytesRead;
            case HttpStatusCode.PartialContent when BytesRead > 0:
                if (_validator!.Contradicts(response) || !HasSameEncodings(response)) throw Changed();
                CheckRange(response.Content.Headers.ContentRange, s_server.Noun);
                _size ??= response.Content.Headers.ContentRange?.Length;
                return 0;
            case HttpStatusCode.RequestedRangeNotSatisfiable when BytesRead > 0:
                throw Changed();
            default:
                throw Refused(response);
        }
    }

    private void TakeFirst(HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (string.Equals(type, "text/html", StringComparison.OrdinalIgnoreCase)) throw Fail("the server answered with a web page, not with an archive; is the address right, and does the network want a log-in?");
        // Tried again from the start, it may be another file, as nothing of the one before was used; but not one packed for the way in
        // another manner: what unpacks it is in place.
        if (_isOpened && !HasSameEncodings(response)) throw Changed();
        _isOpened = true;
        _validator = Validator.Of(response);
        _size = response.Content.Headers.ContentLength;
        Encodings = EncodingsOf(response);
    }

    private static string[] EncodingsOf(HttpResponseMessage response) =>
        [.. response.Content.Headers.ContentEncoding.Select(e => e.ToLowerInvariant()).Where(e => e is not ("identity" or ""))];

    private bool HasSameEncodings(HttpResponseMessage response) => Encodings.SequenceEqual(EncodingsOf(response), StringComparer.Ordinal);

    private HttpTransferException Changed() => Fail($"the file on the server was changed after {BytesRead} bytes of it had been read; start again");

    private HttpTransferException Refused(HttpResponseMessage response)
    {
        var status = response.StatusCode;
        var hint = status switch
        {
            HttpStatusCode.Unauthorized when _authorization is null => "; give user and password in ~/.netrc, or in the address (https://user:password@host/…)",
            HttpStatusCode.Unauthorized => "; it does not take this user and password",
            HttpStatusCode.Forbidden => "; may this user read it? User and password come from ~/.netrc, or from the address (https://user:password@host/…)",
            HttpStatusCode.NotFound or HttpStatusCode.Gone => "; is the address right?",
            HttpStatusCode.ProxyAuthenticationRequired => "; the proxy wants a user and password, which go into HTTPS_PROXY",
            _ => "",
        };
        var progress = BytesRead > 0 ? $" after {BytesRead} bytes" : "";
        return new HttpTransferException($"{What}: the server answered {HttpAnswers.Describe(status)}{progress}{hint}", status, HttpAnswers.IsTransient(status), HttpAnswers.RetryAfter(response, _options.TimeProvider));
    }

    protected override HttpTransferException Fail(string problem, HttpStatusCode? status = null, bool isTransient = false, Exception? inner = null) =>
        new($"{What}: {problem}", status, isTransient, inner: inner);

    protected override NetworkFailure Describe(Exception error) => NetworkFailure.Of(error, s_server);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _client.Dispose();
    }
}
