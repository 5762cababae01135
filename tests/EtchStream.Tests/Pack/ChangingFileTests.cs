using EtchStream.Dataflow;
using EtchStream.Pack;
using EtchStream.Sources;
using EtchStream.Sources.Linux;
using EtchStream.Pack.Stages;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Pack;

/// <summary>A file that is changed after its header went out and before its last byte was read.</summary>
public sealed class ChangingFileTests : IDisposable
{
    private const int Size = 8 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_that_shrinks_is_an_error() =>
        Assert.Contains("shorter", await PackWhileAsync(file => file.SetLength(Size / 2)));

    [Fact]
    public async Task One_that_grows_is_an_error() =>
        Assert.Contains("longer", await PackWhileAsync(file => file.SetLength(Size * 2)));

    [Fact]
    public async Task One_that_is_written_to_is_an_error() =>
        Assert.Contains("changed", await PackWhileAsync(file =>
        {
            file.WriteByte(1);
            file.Flush();
            File.SetLastWriteTimeUtc(file.SafeFileHandle, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }));

    [Fact]
    public async Task One_that_is_left_alone_is_none() => Assert.Null(await PackWhileAsync(_ => { }));

    private async Task<string?> PackWhileAsync(Action<FileStream> change)
    {
        var path = _folder["file"];
        File.WriteAllBytes(path, new byte[Size]);

        // A channel of one: the source is held up after its header until this test reads on.
        var items = StageScope.CreateChannel<PackItem>(1);
        var target = new InjectTarget("1", "file"u8);
        IEntrySource source = LinuxFile.IsAvailable ? new LinuxFileSource(path, target, new OutputGuard()) : new PortableFileSource(path, target, new OutputGuard());
        var run = Task.Run(async () =>
        {
            var error = await Record.ExceptionAsync(() => source.EmitAsync(new EntrySink(items.Writer, new PackCounters(progress: null)), CancellationToken.None));
            items.Writer.Complete();
            return error;
        });
        Assert.True(await items.Reader.WaitToReadAsync());
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) change(file);
        await foreach (var item in items.Reader.ReadAllAsync()) item.Data?.Dispose();
        var error = await run;
        Assert.True(error is null or IOException, error?.ToString());
        if (error is not null) Assert.Contains(path, error.Message);
        return error?.Message;
    }
}
