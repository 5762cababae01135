using EtchStream.Dataflow;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.Tests.Unpack;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>Base of the tests that pack container images: a disk, a registry, and what has to hold after a run, good or bad.</summary>
[Collection(PipelineCollection.Name)]
public abstract class ContainerPackTest : IAsyncLifetime
{
    /// <summary>Only a clock that is moved ends a wait of this length, so that nothing stalls unless a test wants it to.</summary>
    private static readonly TimeSpan NeverStalls = TimeSpan.FromSeconds(61);

    private readonly long _buffersBefore = PooledBuffer.Outstanding;

    private protected TemporaryFolder Folder { get; } = new();

    private protected LoopbackRegistry Server { get; private set; } = null!;

    private protected virtual LoopbackRegistryOptions ServerOptions => new();

    private protected string OutputPath => Path.Combine(Folder.MakeFolder("out"), "out.tar");

    public virtual async Task InitializeAsync()
    {
        ContainerDisk.Write(Folder["disk.img"]);
        Server = await LoopbackRegistry.StartAsync(ServerOptions);
    }

    public virtual async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
        Assert.Equal(_buffersBefore, PooledBuffer.Outstanding);
    }

    private protected ContainerOptions Images(params string[] locations) => new()
    {
        Images = [.. locations.Select(l => ImageLocation.Parse(l.Replace("HOST", Server.Host)))],
        Registry = Registry(),
    };

    private protected static RegistryOptions Registry() => new() { TimeProvider = new TestTimeProvider(NeverStalls), StallTimeout = NeverStalls };

    /// <summary>Packs to a file and gives its bytes.</summary>
    private protected async Task<byte[]> PackAsync(ContainerOptions containers) => (await ReportAsync(containers)).Archive;

    private protected async Task<(byte[] Archive, PackReport Report)> ReportAsync(ContainerOptions containers)
    {
        var report = await PackPipeline.RunAsync(new PackOptions { Image = Folder["disk.img"], Containers = containers, OutputPath = OutputPath, Flush = false });
        Assert.Equal([OutputPath], Directory.GetFileSystemEntries(Folder["out"]));
        var archive = await File.ReadAllBytesAsync(OutputPath);
        File.Delete(OutputPath);
        return (archive, report);
    }

    /// <summary>
    /// Packs what must fail, to a file and to a stream: nothing may be left of the file, nothing that unpacks in the stream, and the
    /// message has to be one line.
    /// </summary>
    private protected async Task<T> FailsAsync<T>(Func<ContainerOptions> containers)
        where T : Exception
    {
        var error = await Assert.ThrowsAsync<T>(() => PackAsync(containers()));
        Assert.Empty(Directory.GetFileSystemEntries(Folder["out"]));
        Assert.DoesNotContain('\n', error.Message);

        using var piped = new MemoryStream();
        await Assert.ThrowsAsync<T>(() => PackPipeline.RunAsync(new PackOptions { Image = Folder["disk.img"], Containers = containers(), OutputStream = piped }));
        await IsRefusedAsync(piped.ToArray());
        return error;
    }

    /// <summary>What was written before a run failed is no archive.</summary>
    private protected async Task IsRefusedAsync(byte[] archive)
    {
        var error = await Record.ExceptionAsync(() => UnpackAsync(archive));
        Assert.True(error is IOException or NotSupportedException, $"{archive.Length} bytes: {error}");
        Assert.False(File.Exists(Folder["unpacked.img"]));
    }

    private protected Task<UnpackReport> UnpackAsync(byte[] archive) =>
        UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(archive), "test.tar"), Verify = true, Outputs = [Folder["unpacked.img"]], Flush = false });

    /// <summary>Names and contents of the archive's members.</summary>
    private protected async Task<Dictionary<string, byte[]>> MembersAsync(byte[] archive) =>
        (await PackTest.ReadAsync(await SaveAsync(archive))).ToDictionary(m => System.Text.Encoding.UTF8.GetString(m.Entry.Name), m => m.Content);

    private protected async Task<string> SaveAsync(byte[] archive)
    {
        await File.WriteAllBytesAsync(Folder["read.tar"], archive);
        return Folder["read.tar"];
    }

    /// <summary>Requests for a blob so far.</summary>
    private protected int Fetched(byte[] blob) => Server.Requests.Count(r => r.Path.EndsWith(Digest.Sha256(blob).ToString(), StringComparison.Ordinal));
}
