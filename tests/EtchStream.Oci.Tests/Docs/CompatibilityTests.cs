using System.Reflection;
using EtchStream.Oci.Content;
using EtchStream.TestKit.Docs;
using Xunit;

namespace EtchStream.Oci.Tests.Docs;

/// <summary>What docs/compatibility.md says of media types is what the code does.</summary>
public sealed class CompatibilityTests
{
    [Fact]
    public void Media_types_are_taken_as_listed()
    {
        var rows = MarkdownPage.Open("docs/compatibility.md").Table("Container images").Where(row => row[0].Contains("application/", StringComparison.Ordinal)).ToDictionary(row => row[0].Trim('`'), row => row[1].Split(',')[0]);
        var named = typeof(MediaTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(named.Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(row.Value, TakenAs(row.Key)));

        // Whatever its compression: only of these there are others than those in the table.
        Assert.All(rows.Where(row => row.Value == "refused (foreign layer)"), row => Assert.Equal(row.Value, TakenAs(row.Key + ".gzip")));
        Assert.Equal("nothing", TakenAs("application/vnd.oci.image.layer.v1.tar+xz"));
    }

    [Fact]
    public void Places_of_images_are_listed()
    {
        var listed = MarkdownPage.Open("docs/compatibility.md").Table("Container images").SelectMany(row => MarkdownPage.Code(row[0])).Where(code => !code.StartsWith("application/", StringComparison.Ordinal));
        string[] prefixes = ["docker-archive", "engine", "host/repo", "oci", "oci-archive"];
        Assert.Equal(prefixes, listed.Select(code => code.Split(':', '@')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(prefixes.Length, Enum.GetValues<ImageLocationKind>().Length);
        Assert.Equal(Enum.GetValues<ImageLocationKind>(), prefixes.Select(prefix => ImageLocation.Parse($"{prefix}:x").Kind).Order());
    }

    private static string TakenAs(string type) =>
        MediaTypes.IsSchema1(type) ? "refused (schema 1)"
        : MediaTypes.IsForeignLayer(type) ? "refused (foreign layer)"
        : MediaTypes.IsManifest(type) ? "manifest"
        : MediaTypes.IsIndex(type) ? "index"
        : MediaTypes.IsImageConfig(type) ? "config"
        : MediaTypes.IsLayer(type) ? "layer"
        : "nothing";
}
