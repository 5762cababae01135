using EtchStream.Sources;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Pack;
using EtchStream.TestKit;

namespace EtchStream.Tests.Pack;

/// <summary>Base of the tests that pack: a folder, an image in it, and the archive that comes out.</summary>
public abstract class PackTest : IDisposable
{
    protected PackTest() => File.WriteAllBytes(ImagePath, PackImage.Make());

    protected TemporaryFolder Folder { get; } = new();

    protected string ImagePath => Folder["disk.img"];

    protected string OutputPath => Folder["out.tar"];

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<PackReport> PackAsync(params string[] injections) => PackAsync(OutputPath, injections);

    protected Task<PackReport> PackAsync(string output, string[] injections, PackCompression? compression = null, string? image = null, IProgress<PackProgress>? progress = null, CancellationToken cancellationToken = default) =>
        PackPipeline.RunAsync(
            new PackOptions
            {
                Image = image ?? ImagePath,
                Injections = [.. injections.Select(Parse)],
                OutputPath = output,
                Compression = compression ?? PackCompression.None,
                Flush = false,
            },
            progress,
            cancellationToken);

    protected static Injection Parse(string text) => Injection.TryParse(text, out var injection, out var problem) ? injection : throw new ArgumentException(problem);

    /// <summary>All members of an archive, with their content.</summary>
    internal static async Task<List<(TarEntry Entry, byte[] Content)>> ReadAsync(string archive)
    {
        await using var source = new StreamByteSource(File.OpenRead(archive));
        var tar = new TarReader(source);
        var members = new List<(TarEntry, byte[])>();
        while (await tar.ReadEntryAsync() is { } entry)
        {
            using var content = new MemoryStream();
            while (await tar.ReadContentAsync() is { IsEmpty: false } window) content.Write(window.Span);
            members.Add((entry, content.ToArray()));
        }

        return members;
    }

    /// <summary>Names in a folder that a run which failed left behind.</summary>
    protected string[] Leftovers() => [.. Directory.EnumerateFiles(Folder.FullPath, "*.part", new EnumerationOptions { AttributesToSkip = 0 })];
}
