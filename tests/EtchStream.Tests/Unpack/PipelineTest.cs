using EtchStream.Dataflow;
using EtchStream.Formats.IO;
using EtchStream.TestKit;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>Tests that look at the pool of buffers, which is the whole process's, run by themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PipelineCollection
{
    public const string Name = "unpack pipeline";
}

/// <summary>What tests of the whole pipeline share: a folder, a run, and what has to hold after every one.</summary>
[Collection(PipelineCollection.Name)]
public abstract class PipelineTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly long _buffersBefore = PooledBuffer.Outstanding;

    protected string Output => _folder["out.img"];

    protected string PathOf(string name) => _folder[name];

    private protected Task<UnpackReport> UnpackAsync(byte[] archive, FakeOpener? opener = null, CancellationToken cancellationToken = default) =>
        UnpackAsync(new MemoryStream(archive), opener, cancellationToken);

    private protected Task<UnpackReport> UnpackAsync(Stream archive, FakeOpener? opener = null, CancellationToken cancellationToken = default) =>
        UnpackPipeline.RunAsync(
            new UnpackOptions { Input = ArchiveInput.FromStream(archive, "test.tar"), Outputs = [Output], Flush = false },
            opener ?? new FakeOpener(),
            progress: null,
            cancellationToken);

    /// <summary>Unpacks what must fail, and checks that nothing is left.</summary>
    private protected async Task<T> FailsAsync<T>(byte[] archive, FakeOpener? opener = null)
        where T : Exception
    {
        var error = await Assert.ThrowsAsync<T>(() => UnpackAsync(archive, opener));
        NothingIsLeft();
        return error;
    }

    protected void NothingIsLeft() => Assert.Empty(Directory.GetFileSystemEntries(_folder.FullPath));

    protected static DiskSlice Partition(byte[] image, int number) => new(new MemoryDisk(image), number == 1 ? TestImages.MiB : 5 * TestImages.MiB, 4 * TestImages.MiB);

    public virtual void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
        Assert.Equal(_buffersBefore, PooledBuffer.Outstanding);
    }
}
