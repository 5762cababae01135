using System.Globalization;
using System.Text;
using EtchStream.Cli.Tests.Hostile;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>Archives of few bytes, or many, that ask for memory, time and room without end.</summary>
public sealed class HostileBombTests : IDisposable
{
    // A run takes some 130 MiB whatever the archive holds.
    private const long MaxMemory = 300L << 20;

    private readonly TemporaryFolder _folder = new();

    private string Output => Path.Combine(_folder.MakeFolder("out"), "disk.img");

    public void Dispose() => _folder.Dispose();

    [ToolFact("mke2fs", "e2fsck")]
    public async Task Very_many_members_take_little_memory_each() =>
        await SucceedsAsync(Members(Soak.IsOn ? 1_000_000 : 200_000, i => $"inject/1/{i / 1000}/{i}"));

    /// <summary>
    /// The hash pads the last letters of a name with the count of letters that are left, 31 here; a letter of that value in that place of
    /// a name of 32 gives the same.
    /// </summary>
    [ToolFact("mke2fs", "e2fsck")]
    public async Task Very_many_names_in_pairs_of_one_hash_go_into_one_folder() =>
        await SucceedsAsync(Members(Soak.IsOn ? 200_000 : 40_000, i => string.Create(CultureInfo.InvariantCulture, $"inject/1/{i / 2:d28}{(i % 2 == 0 ? "" : "\u001f")}abc")));

    [ToolFact("mke2fs", "e2fsck")]
    public async Task A_tree_of_ten_thousand_levels_is_made_and_replaced()
    {
        var path = Encoding.ASCII.GetBytes("inject/1/" + string.Concat(Enumerable.Repeat("d/", 10_000)) + "file");
        await SucceedsAsync(tar => tar.Pax(("path", path)).File("x", "x").Pax(("path", path)).Folder("x"));
        await SucceedsAsync(tar => tar.Pax(("path", path)).File("x", "x").File("inject/1/d", "x"));
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task Links_to_the_bottom_of_a_deep_tree_are_made()
    {
        var path = "inject/1/" + string.Concat(Enumerable.Repeat("d/", 30_000)) + "file";
        await SucceedsAsync(tar =>
        {
            tar.Pax(("path", Encoding.ASCII.GetBytes(path))).File("x", "x").Global("g", "linkpath", path);
            for (var i = 0; i < 5000; i++) tar.Link($"inject/1/l{i}", "x");
            return tar;
        });
    }

    [ToolFact("mke2fs", "e2fsck")]
    public async Task A_sparse_file_in_very_many_pieces_is_made()
    {
        var count = Soak.IsOn ? 900_000 : 100_000;
        var map = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{count}\n");
        for (var i = 0; i < count; i++) map.Append(CultureInfo.InvariantCulture, $"{i * 8192L}\n1\n");
        map.Append('\0', (512 - (map.Length % 512)) % 512).Append('x', count);
        await SucceedsAsync(tar => tar.Pax(("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.realsize", Encoding.ASCII.GetBytes($"{count * 8192L}"))).File("inject/1/x", map.ToString()));
    }

    [ToolFact("mke2fs")]
    public async Task More_links_than_a_file_can_have_are_refused()
    {
        var run = await RunAsync(tar =>
        {
            tar.File("inject/1/x", "x");
            for (var i = 0; i < 66_000; i++) tar.Link($"inject/1/l{i}", "inject/1/x");
            return tar;
        });
        AssertFailed(run, 4, "65000");
    }

    [ToolTheory("mke2fs")]
    [InlineData(1L << 40)]
    [InlineData(15L << 40)]
    [InlineData(1L << 62)]
    [InlineData(long.MaxValue)]
    public async Task A_file_that_only_claims_to_be_long_is_refused(long size)
    {
        var run = await RunAsync(tar => tar.Entry(new LayerEntry("inject/1/x") { Size = size }));
        Assert.Contains(run.ExitCode, new[] { 3, 4, 5 });
        AssertFailed(run, run.ExitCode, "");
    }

    [ToolTheory("mkfs.vfat")]
    [InlineData("4,0")]
    [InlineData("0,1,LAST,1")]
    public async Task The_zeros_of_a_sparse_file_on_FAT_are_streamed(string map)
    {
        const long Size = 600L << 20;
        map = map.Replace("LAST", $"{Size - 1}", StringComparison.Ordinal);
        var run = await RunOnFatAsync(Size + (64 << 20), tar => tar.Pax(("GNU.sparse.size", Encoding.ASCII.GetBytes($"{Size}")), ("GNU.sparse.map", Encoding.ASCII.GetBytes(map))).File("inject/1/x", map[0] == '0' ? "xy" : ""));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.InRange(run.PeakMemory, 0, MaxMemory);
    }

    [ToolFact("mkfs.vfat")]
    public async Task Very_many_names_on_FAT_that_are_cut_to_one_short_name_are_made()
    {
        var run = await RunOnFatAsync(64 << 20, Members(16_000, i => $"inject/1/the same beginning {i}.text"));
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private async Task SucceedsAsync(Func<LayerTar, LayerTar> members)
    {
        var run = await RunAsync(members);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.InRange(run.PeakMemory, 0, MaxMemory);
        Assert.Empty(BombDisk.Check(Output));
    }

    private void AssertFailed(MeasuredRun run, int exitCode, string message)
    {
        Assert.True(exitCode == run.ExitCode, $"exit code {run.ExitCode}: {run.Error}");
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.InRange(run.PeakMemory, 0, MaxMemory);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["out"]));
    }

    private async Task<MeasuredRun> RunAsync(Func<LayerTar, LayerTar> members)
    {
        File.Delete(_folder["disk.img"]);
        BombDisk.MakeExt4(_folder["disk.img"]);
        var archive = members(new LayerTar().Entry(new LayerEntry("disk.img"), await File.ReadAllBytesAsync(_folder["disk.img"]))).End();
        return await MeasuredRun.OfAsync(stream => stream.WriteAsync(archive).AsTask(), "unpack", "-", Output);
    }

    /// <summary>The image is large: its zeros are holes in the archive.</summary>
    private async Task<MeasuredRun> RunOnFatAsync(long length, Func<LayerTar, LayerTar> members)
    {
        const int Piece = 4 << 20;
        BombDisk.MakeFat(_folder["disk.img"], length);
        var map = new List<string>();
        using var content = new MemoryStream();
        await using (var image = File.OpenRead(_folder["disk.img"]))
        {
            var buffer = new byte[Piece];
            for (long at = 0; at < image.Length; at += Piece)
            {
                var count = await image.ReadAtLeastAsync(buffer, Piece, throwOnEndOfStream: false);
                if (buffer.AsSpan(0, count).IndexOfAnyExcept((byte)0) < 0) continue;
                map.Add($"{at},{count}");
                content.Write(buffer.AsSpan(0, count));
            }
        }

        var size = Encoding.ASCII.GetBytes($"{new FileInfo(_folder["disk.img"]).Length}");
        var archive = members(new LayerTar().Pax(("GNU.sparse.size", size), ("GNU.sparse.map", Encoding.ASCII.GetBytes(string.Join(',', map)))).Entry(new LayerEntry("disk.img"), content.ToArray())).End();
        return await MeasuredRun.OfAsync(stream => stream.WriteAsync(archive).AsTask(), "unpack", "-", Output);
    }

    private static Func<LayerTar, LayerTar> Members(int count, Func<int, string> name) => tar =>
    {
        for (var i = 0; i < count; i++) tar.Entry(new LayerEntry(name(i)));
        return tar;
    };
}
