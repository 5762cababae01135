using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Pack.Overlay2;
using EtchStream.TestKit;
using EtchStream.TestKit.Docs;
using EtchStream.TestKit.Registry;
using EtchStream.Tests.Pack;
using EtchStream.Tests.Pack.Containers;
using Xunit;

namespace EtchStream.Tests.Docs;

/// <summary>What docs/engine-store.md says is what an archive holds.</summary>
public sealed partial class EngineStorePageTests : ContainerPackTest
{
    private const string Root = "inject/resin-data/docker/";
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs/engine-store.md");

    [ToolFact("mke2fs")]
    public async Task Each_member_is_in_the_table_and_each_row_a_member()
    {
        Server.Add("acme/app", TestImage.Create(layers: [TestImage.LayerTar(1), TestImage.LayerTar(2)]), "1");
        var rows = Page.Table("Files").ToDictionary(row => row[0].Replace(" →", "", StringComparison.Ordinal).Trim('`'), row => (Mode: row[1], Kind: row[0].EndsWith('→') ? FileKind.SymbolicLink : row[0].EndsWith("/`", StringComparison.Ordinal) ? FileKind.Directory : FileKind.File));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, _) in await PackTest.ReadAsync(await SaveAsync(await PackAsync(Images("HOST/acme/app:1")))))
        {
            var name = Encoding.UTF8.GetString(entry.Name);
            if (!name.StartsWith(Root, StringComparison.Ordinal) || name == Root || InDiff().IsMatch(name)) continue;
            var path = General(name[Root.Length..]);
            Assert.True(rows.TryGetValue(path, out var row), $"not in the table: {name} ({path})");
            Assert.Equal((path, row.Kind), (path, entry.Kind));
            if (entry.Kind != FileKind.SymbolicLink) Assert.Equal((path, row.Mode), (path, $"0{Convert.ToString(entry.Mode, 8)}"));
            Assert.Equal((0, 0, 0), (entry.UserId, entry.GroupId, entry.ModificationTime.Seconds));
            seen.Add(path);
        }

        Assert.Equal(rows.Keys.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_names_of_the_example_are_those_that_a_layer_gets()
    {
        var row = Page.Table("Names").Single(r => r[0].StartsWith("`sha256:", StringComparison.Ordinal));
        var names = LayerNames.Of(ChainId.OfBase(new DiffId(Digest.Parse(row[0].Trim('`')))));
        Assert.Equal((names.CacheId, names.Link), (row[1].Trim('`'), row[2].Trim('`')));
    }

    [Fact]
    public void The_link_is_made_as_the_text_says()
    {
        var row = Page.Table("Names").Single(r => r[0].StartsWith("`sha256:", StringComparison.Ordinal));
        var text = string.Join(' ', Page.Lines);
        Assert.Contains("`etchstream overlay2 cache-id <chain ID>`", text, StringComparison.Ordinal);
        Assert.Contains("`etchstream overlay2 link <chain ID>`", text, StringComparison.Ordinal);
        Assert.Equal(row[1].Trim('`'), Digest.Sha256(Encoding.ASCII.GetBytes($"etchstream overlay2 cache-id {row[0].Trim('`')}")).Hex);
        var bits = string.Concat(Convert.FromHexString(Digest.Sha256(Encoding.ASCII.GetBytes($"etchstream overlay2 link {row[0].Trim('`')}")).Hex).Select(b => b.ToString("B8", CultureInfo.InvariantCulture)));
        Assert.Equal(row[2].Trim('`'), string.Concat(Enumerable.Range(0, 26).Select(i => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Convert.ToInt32(bits.Substring(i * 5, 5), 2)])));
    }

    /// <summary>The path with words for what is a digest or a link in it, by where it stands.</summary>
    private static string General(string path)
    {
        path = Link().Replace(path, "$1<link>");
        path = Hex().Replace(path, match => path.StartsWith("overlay2/", StringComparison.Ordinal) ? "<cache-id>" : path.Contains("/layerdb/", StringComparison.Ordinal) ? "<chain-id>" : path.Contains("/imagedb/", StringComparison.Ordinal) ? "<image-id>" : path.Contains("/diffid-by-digest/", StringComparison.Ordinal) ? "<blob>" : "<diff-id>");
        return path;
    }

    [GeneratedRegex("/overlay2/[0-9a-f]{64}/diff/.", RegexOptions.CultureInvariant)]
    private static partial Regex InDiff();

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.CultureInvariant)]
    private static partial Regex Hex();

    [GeneratedRegex("^(overlay2/l/)[A-Z2-7]{26}$", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
