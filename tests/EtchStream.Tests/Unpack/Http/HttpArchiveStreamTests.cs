using System.IO.Compression;
using EtchStream.Formats;
using EtchStream.Oci.Http;
using EtchStream.TestKit.Registry;
using EtchStream.TestKit.Web;
using EtchStream.Unpack;
using EtchStream.Unpack.Http;
using Xunit;

namespace EtchStream.Tests.Unpack.Http;

/// <summary>Archives from a web server that fails in the ways web servers and networks do; the waits take no time.</summary>
public sealed class HttpArchiveStreamTests : IAsyncLifetime
{
    private const string Path = "/fleet/a.tar";
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(61);
    private static readonly DateTimeOffset LastYear = new(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private static readonly Dictionary<string, Fault[]> Interruptions = new(StringComparer.Ordinal)
    {
        ["reset"] = [Fault.ResetAfter(1_000_000)],
        ["reset at once"] = [Fault.ResetAfter(0)],
        ["reset before the last byte"] = [Fault.ResetAfter(4_999_999)],
        ["reset many times, with progress"] = [.. Enumerable.Range(0, 4).Select(_ => Fault.ResetAfter(1_200_000))],
        ["reset within retries, without progress"] = [.. Enumerable.Range(0, 5).Select(_ => Fault.ResetAfter(1000))],
        // The first answer is larger than what lies in sockets: with its header, and the length in it, lost too, the early end would be one.
        ["early end without a length"] = [Fault.ResetAfter(4_900_000), Fault.EndAfter(10_000)],
        ["overload when asked for the rest"] = [Fault.ResetAfter(10_000), Fault.Answer(503, "later", "7"), Fault.Answer(429)],
        ["gateway errors first"] = [Fault.Answer(502), Fault.Answer(500), Fault.Answer(504), Fault.Answer(408)],
        ["the whole in place of the rest"] = [Fault.ResetAfter(2_000_000), new Fault { IgnoresRange = true }],
        ["the whole in place of the rest, cut before what is there"] = [Fault.ResetAfter(2_000_000), new Fault { IgnoresRange = true, CutAfter = 1_000_000 }],
    };

    private static readonly Dictionary<string, (WebFile Second, string Expected)> Changes = new(StringComparer.Ordinal)
    {
        ["another ETag"] = (new WebFile(new byte[5_000_000]) { ETag = "\"v2\"" }, "was changed"),
        ["another ETag, without ranges"] = (new WebFile(new byte[5_000_000]) { ETag = "\"v2\"", HasRanges = false }, "was changed"),
        ["no ETag any more"] = (new WebFile(new byte[5_000_000]), "was changed"),
        ["the same ETag, weak by now"] = (new WebFile(new byte[5_000_000]) { ETag = "W/\"v1\"", HasRanges = false }, "was changed"),
        ["the same ETag, but longer"] = (new WebFile(new byte[6_000_000]) { ETag = "\"v1\"", HasRanges = false }, "was changed"),
        ["the same ETag, but shorter"] = (new WebFile(new byte[1000]) { ETag = "\"v1\"" }, "was changed"),
        ["the same ETag, but longer, in part"] = (new WebFile(new byte[6_000_000]) { ETag = "\"v1\"" }, "answered with"),
        ["the same ETag, but packed"] = (new WebFile(new byte[5_000_000]) { ETag = "\"v1\"", ContentEncoding = "gzip" }, "was changed"),
    };

    private readonly TestTimeProvider _time = new(Stall);
    private readonly byte[] _content = new byte[5_000_000];
    private WebServer _server = null!;

    private WebFile Tagged => new(_content) { ETag = "\"v1\"" };

    public async Task InitializeAsync()
    {
        new Random(3).NextBytes(_content);
        _server = await WebServer.StartAsync();
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task All_of_it_comes_as_it_is_sent()
    {
        _server.Put(Path, Tagged);
        await using var input = await OpenAsync();
        Assert.Equal(_content.Length, input.Length);
        Assert.Equal(_content, await ReadAsync(input));
        Assert.Equal(0, input.Resumptions);
        var request = Assert.Single(_server.Requests);
        Assert.Equal("identity", request.AcceptEncoding);
        Assert.Null(request.Range);
        Assert.Null(request.Authorization);
    }

    public static TheoryData<string> InterruptionNames => [.. Interruptions.Keys];

    [Theory]
    [MemberData(nameof(InterruptionNames))]
    public async Task A_lost_connection_is_taken_up_again(string name)
    {
        foreach (var file in new[] { Tagged, new WebFile(_content) { LastModified = LastYear }, Tagged with { HasRanges = false } })
        {
            _server.Put(Path, file);
            _server.Fail(Interruptions[name]);
            await using var input = await OpenAsync();
            Assert.Equal(_content, await ReadAsync(input));
        }
    }

    [Fact]
    public async Task The_rest_is_asked_for_under_the_condition_that_the_file_is_the_same()
    {
        foreach (var (file, condition) in new[] { (Tagged, "\"v1\""), (new WebFile(_content) { LastModified = LastYear }, "Tue, 04 Mar 2025 05:06:07 GMT"), (Tagged with { LastModified = LastYear }, "\"v1\"") })
        {
            _server.Put(Path, file);
            _server.Fail(Fault.ResetAfter(1_000_000));
            await using var input = await OpenAsync();
            Assert.Equal(_content, await ReadAsync(input));
            Assert.Equal(1, input.Resumptions);
            Assert.StartsWith("bytes=", _server.Requests[^1].Range, StringComparison.Ordinal);
            Assert.EndsWith("-", _server.Requests[^1].Range, StringComparison.Ordinal);
            Assert.Equal(condition, _server.Requests[^1].IfRange);
        }
    }

    [Fact]
    public async Task A_stall_ends_the_connection_and_a_new_one_goes_on()
    {
        _server.Put(Path, Tagged);
        _server.Fail(Fault.HangAfter(1_000_000));
        await using var input = await OpenAsync();
        var read = ReadAsync(input);
        await AdvanceUntilAsync(read);
        Assert.Equal(_content, await read);
        Assert.True(input.Resumptions > 0);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        _server.Put(Path, Tagged);
        _server.Fail([.. Enumerable.Repeat(new Fault { Delay = TimeSpan.FromMinutes(10) }, 10)]);
        var open = OpenAsync();
        await AdvanceUntilAsync(open);
        var error = await Assert.ThrowsAsync<HttpTransferException>(() => open);
        Assert.Equal($"{_server.Url}{Path}: nothing came for 61 seconds", error.Message);
        Assert.Equal(6, _server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_gives_little_by_little_does_not_keep_it_going_for_ever()
    {
        _server.Put(Path, Tagged);
        _server.Fail([.. Enumerable.Repeat(Fault.ResetAfter(100), 1000)]);
        var error = await FailsToReadAsync();
        Assert.True(error.IsTransient);
        Assert.Equal(6, _server.Requests.Count);
    }

    [Fact]
    public async Task The_server_is_given_the_time_it_asks_for()
    {
        _server.Put(Path, Tagged);
        _server.Fail(Fault.Answer(503, "", "42"));
        await using var input = await OpenAsync();
        Assert.Contains(TimeSpan.FromSeconds(42), _time.Waits);
    }

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public async Task Two_files_are_never_put_together(string name)
    {
        var (second, expected) = Changes[name];
        _server.Put(Path, Tagged);
        _server.Fail(Fault.ResetAfter(2_000_000));
        _server.OnRequest = number =>
        {
            if (number == 2) _server.Put(Path, second);
        };
        var error = await FailsToReadAsync();
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task Whatever_happens_all_of_it_comes_or_an_error()
    {
        var (whole, failed) = (0, 0);
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            await using var server = await WebServer.StartAsync();
            server.Put(Path, new WebFile(_content) { ETag = random.Next(8) == 0 ? null : "\"v1\"", LastModified = random.Next(2) == 0 ? LastYear : null, HasRanges = random.Next(3) > 0 });
            server.Fail([.. Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(6) switch
            {
                0 => Fault.Answer(random.Next(2) == 0 ? 503 : 500),
                1 => new Fault { IgnoresRange = true, CutAfter = random.Next(_content.Length) },
                2 => Fault.Redirect(Path),
                _ => Fault.ResetAfter(random.Next(_content.Length)),
            })]);
            var changes = random.Next(4) == 0 ? random.Next(1, 5) : 0;
            server.OnRequest = number =>
            {
                if (number == changes) server.Put(Path, new WebFile(new byte[_content.Length]) { ETag = "\"v2\"", LastModified = LastYear.AddDays(1) });
            };
            try
            {
                await using var input = await OpenAsync(server.Url + Path);
                var read = await ReadAsync(input);
                Assert.True(read.AsSpan().SequenceEqual(_content) || (changes > 0 && read.Length == _content.Length && !read.AsSpan().ContainsAnyExcept((byte)0)), $"seed {seed}: not what the server had, and no error");
                whole++;
            }
            catch (HttpTransferException)
            {
                failed++;
            }
        }

        Assert.True(whole > 50 && failed > 10, $"{whole} came, {failed} failed: these faults show nothing");
    }

    [Fact]
    public async Task A_rest_that_begins_elsewhere_is_refused()
    {
        _server.Put(Path, Tagged);
        _server.Fail(Fault.ResetAfter(2_000_000), new Fault { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Range"] = "bytes 1-4999999/5000000" } });
        Assert.Contains("answered with bytes 1-4999999/5000000", (await FailsToReadAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("W/\"v1\"", false)]
    [InlineData(null, true)]
    public async Task Without_a_strong_validator_nothing_is_taken_up_again(string? tag, bool isJustModified)
    {
        _server.Put(Path, new WebFile(_content) { ETag = tag, LastModified = isJustModified ? DateTimeOffset.UtcNow.AddSeconds(5) : null });
        _server.Fail(Fault.ResetAfter(2_000_000));
        Assert.Contains("download the archive first", (await FailsToReadAsync()).Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(400, "400 Bad Request")]
    [InlineData(401, "~/.netrc")]
    [InlineData(403, "403 Forbidden")]
    [InlineData(404, "is the address right?")]
    [InlineData(410, "is the address right?")]
    [InlineData(416, "416")]
    [InlineData(204, "204")]
    [InlineData(304, "304")]
    [InlineData(206, "206")]
    public async Task A_refusal_is_told_at_once(int status, string expected)
    {
        _server.Put(Path, Tagged);
        _server.Fail(Fault.Answer(status));
        var error = await Assert.ThrowsAsync<HttpTransferException>(() => OpenAsync());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{_server.Url}{Path}: ", error.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_web_page_is_no_archive()
    {
        _server.Put(Path, Tagged with { ContentType = "text/html; charset=utf-8" });
        Assert.Contains("a web page", (await Assert.ThrowsAsync<HttpTransferException>(() => OpenAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_listens_it_is_soon_given_up()
    {
        var url = $"{_server.Url}{Path}";
        await _server.DisposeAsync();
        var error = await Assert.ThrowsAsync<HttpTransferException>(() => OpenAsync(url));
        Assert.Contains("is the server running", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("GZIP")]
    [InlineData("identity")]
    [InlineData("gzip, gzip")]
    public async Task A_content_encoding_is_taken_off_also_when_resumed(string encoding)
    {
        var packed = _content;
        for (var i = 0; i < encoding.Split("gzip", StringSplitOptions.None).Length - 1 + (encoding == "GZIP" ? 1 : 0); i++) packed = Gzip(packed);
        _server.Put(Path, new WebFile(packed) { ETag = "\"v1-gz\"", ContentEncoding = encoding });
        _server.Fail(Fault.ResetAfter(2_000_000));
        await using var input = await OpenAsync();
        Assert.Equal(encoding == "identity" ? _content.Length : null, input.Length);
        Assert.Equal(_content, await ReadAsync(input));
        Assert.Equal(1, input.Resumptions);
    }

    [Fact]
    public async Task The_archives_own_compression_is_no_content_encoding()
    {
        var packed = Gzip(_content);
        _server.Put(Path, new WebFile(packed) { ETag = "\"v1\"", ContentType = "application/gzip" });
        await using var input = await OpenAsync();
        Assert.Equal(packed, await ReadAsync(input));
    }

    [Fact]
    public async Task An_unknown_content_encoding_is_refused()
    {
        _server.Put(Path, Tagged with { ContentEncoding = "br" });
        var error = await Assert.ThrowsAsync<UnsupportedFormatException>(() => OpenAsync());
        Assert.Contains("content encoding br", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_encoding_that_is_a_lie_is_corrupt()
    {
        _server.Put(Path, Tagged with { ContentEncoding = "gzip" });
        await using var input = await OpenAsync();
        await Assert.ThrowsAsync<CorruptFormatException>(() => ReadAsync(input));
    }

    [Fact]
    public async Task Cancelling_ends_a_stall_at_once()
    {
        _server.Put(Path, Tagged);
        _server.Fail(Fault.HangAfter(1000));
        await using var input = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var read = ReadAsync(input, stop.Token);
        await Task.Delay(50);
        Assert.False(read.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_before_another_try()
    {
        // The system's clock: the wait is a real one.
        _server.Put(Path, Tagged);
        _server.Fail([.. Enumerable.Repeat(Fault.Answer(503, "", "60"), 3)]);
        using var stop = new CancellationTokenSource();
        var open = ArchiveInput.OpenUrlAsync(ArchiveUrl.Parse(_server.Url + Path), cancellationToken: stop.Token);
        await Task.Delay(200);
        Assert.False(open.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            await Task.Delay(20);
            if (_time.Pending > 0) _time.Advance(Stall);
        }
    }

    private Task<ArchiveInput> OpenAsync(string? url = null) =>
        ArchiveInput.OpenUrlAsync(ArchiveUrl.Parse(url ?? _server.Url + Path), new HttpInputOptions { TimeProvider = _time, StallTimeout = Stall });

    private async Task<HttpTransferException> FailsToReadAsync()
    {
        // A reset connection may lose what was sent on it just before, the answer's header too: then it is the opening that fails.
        return await Assert.ThrowsAsync<HttpTransferException>(async () =>
        {
            await using var input = await OpenAsync();
            await ReadAsync(input);
        });
    }

    private static async Task<byte[]> ReadAsync(ArchiveInput input, CancellationToken cancellationToken = default)
    {
        using var all = new MemoryStream();
        await input.Stream.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }
}
