using EtchStream.TestKit.Docs;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>docs/engine-store.md lists the differences that are meant, all of them and no others.</summary>
public sealed class EngineStorePageTests
{
    [Fact]
    public void The_page_lists_the_differences_that_are_meant() =>
        Assert.Equal(
            PackedDifferences.All.Keys.Order(StringComparer.Ordinal),
            MarkdownPage.Open("docs/engine-store.md").Table("What differs on purpose").SelectMany(row => row[0].Split("; ")).Order(StringComparer.Ordinal));
}
