using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>
/// An archive with a trailer, of a real disk with a container image and files of all kinds, that is cut or has one bit flipped, anywhere: exit
/// code 3, or, where no digest covers the bit (end blocks, a compression's header), the very same output.
/// </summary>
public sealed class DamagedArchiveTests : IDisposable
{
    private const int Corrupt = ExitCode.Corrupt;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs")]
    [InlineData("none", 5000)]
    [InlineData("zstd", 700)]
    [InlineData("gzip", 700)]
    public async Task A_flipped_bit_is_found_or_does_no_harm(string compression, int flips)
    {
        var (archive, expected) = Make(compression);
        var random = new Random(42);
        await FlipAsync(archive, expected, Soak.IsOn ? 20 * flips : flips, () => random.NextInt64(archive.Length * 8L));
    }

    /// <summary>
    /// Where a bit decides which features a file system has, how large it is, which partition or version is meant: before its digest could be
    /// compared, the archive is refused for what it seems to ask.
    /// </summary>
    [ToolFact("mke2fs")]
    public async Task A_flipped_bit_that_looks_like_something_else_is_told_as_damage()
    {
        var (archive, expected) = Make("none");
        var superblock = expected.AsSpan((1 << 20) + 1024 + 96, 64); // its features, among others
        var places = new[] { (Start: 0, Length: 8192), (Start: archive.AsSpan().IndexOf(superblock) - 96, Length: 1024) };
        Assert.True(places[1].Start > 0);
        var bits = new Queue<long>(places.SelectMany(p => Enumerable.Range(p.Start * 8, p.Length * 8).Select(b => (long)b)).Where((_, i) => Soak.IsOn || i % 12 == 0));
        var messages = await FlipAsync(archive, expected, bits.Count, bits.Dequeue);
        Assert.True(messages.Count(m => m.Contains("the damage showed as: ", StringComparison.Ordinal)) > 20, string.Join('\n', messages));
    }

    private async Task<List<string>> FlipAsync(byte[] archive, byte[] expected, int count, Func<long> next)
    {
        var harmless = 0;
        var outcomes = await RunAsync(expected, count, next, bit =>
        {
            var copy = (byte[])archive.Clone();
            copy[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            return copy;
        });
        foreach (var (bit, code, message, isSame) in outcomes)
        {
            Assert.True(code is Corrupt or ExitCode.Done, $"bit {bit} of byte {bit / 8}: exit code {code}, {message}");
            if (code != ExitCode.Done) continue;
            Assert.True(isSame, $"bit {bit} of byte {bit / 8} went unnoticed, and the output is another one");
            harmless++;
        }

        // Of the archive itself nothing but what is behind its trailer is left to chance.
        Assert.True(harmless <= count / 20, $"{harmless} of {count} flips were not found");
        return [.. outcomes.Select(o => o.Message)];
    }

    [ToolTheory("mke2fs")]
    [InlineData("none", 2000)]
    [InlineData("zstd", 300)]
    [InlineData("gzip", 300)]
    public async Task A_cut_is_found(string compression, int cuts)
    {
        var (archive, expected) = Make(compression);
        var random = new Random(43);
        var recordBoundaries = new Queue<long>(Enumerable.Range(0, archive.Length / 10240).Select(i => i * 10240L));
        foreach (var (length, code, message, isSame) in await RunAsync(expected, cuts + recordBoundaries.Count, () => recordBoundaries.TryDequeue(out var at) ? at : random.NextInt64(archive.Length), at => archive[..(int)at]))
        {
            // Zeros that fill the last record may be missing.
            if (code == ExitCode.Done) Assert.True(isSame && length > archive.Length - 10240, $"cut at {length} of {archive.Length}: not noticed");
            else Assert.True(code == Corrupt, $"cut at {length} of {archive.Length}: exit code {code}, {message}");
        }
    }

    private (byte[] Archive, byte[] Output) Make(string compression)
    {
        using var disk = new ContainerDiskFile();
        foreach (var (path, content) in TestLayouts.Oci(TestImage.Create(layers: [TestImage.LayerTar(1, 20_000), TestImage.LayerTar(2)]), "app:1"))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder["layout/" + path])!);
            File.WriteAllBytes(_folder["layout/" + path], content);
        }

        var tree = _folder.MakeFolder("tree");
        var random = new Random(1);
        for (var i = 0; i < 40; i++)
        {
            // Names that need a PAX header, whose content no checksum of tar's covers.
            Directory.CreateDirectory(Path.Combine(tree, $"folder-{i % 5}-{new string('n', 60)}"));
            var content = new byte[random.Next(2000)];
            random.NextBytes(content);
            File.WriteAllBytes(Path.Combine(tree, $"folder-{i % 5}-{new string('n', 60)}", $"file-{i}-{new string('é', 50)}"), content);
        }

        File.CreateSymbolicLink(Path.Combine(tree, "link"), "folder-1/" + new string('t', 120));
        var archive = _folder["a.tar"];
        CliProcess.Run("pack", "--image", disk.Image, "--container", "oci:" + _folder["layout"], "--inject", "1:/srv=" + tree, "--compress", compression, "-o", archive).Succeeded();
        CliProcess.Run("unpack", archive, _folder["good.img"]).Succeeded();
        return (File.ReadAllBytes(archive), File.ReadAllBytes(_folder["good.img"]));
    }

    /// <summary>Unpacks so many damaged archives, on all processors, as the command does.</summary>
    private async Task<IReadOnlyList<(long Place, int Code, string Message, bool IsSame)>> RunAsync(byte[] expected, int count, Func<long> next, Func<long, byte[]> damage)
    {
        var results = new (long, int, string, bool)[count];
        var places = Enumerable.Range(0, count).Select(_ => next()).ToArray();
        await Parallel.ForAsync(0, count, async (i, _) =>
        {
            var output = _folder[$"out-{i}"];
            try
            {
                var input = ArchiveInput.FromStream(new MemoryStream(damage(places[i])), "a.tar");
                await UnpackPipeline.RunAsync(new UnpackOptions { Input = input, Outputs = [output], Flush = false });
                results[i] = (places[i], ExitCode.Done, "", (await File.ReadAllBytesAsync(output, CancellationToken.None)).AsSpan().SequenceEqual(expected));
                File.Delete(output);
            }
            catch (Exception e)
            {
                results[i] = (places[i], ExitCode.Of(e), e.Message, false);
                Assert.False(File.Exists(output));
            }
        });
        return results;
    }
}
