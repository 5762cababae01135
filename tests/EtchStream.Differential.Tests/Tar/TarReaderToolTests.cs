using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Tar;

/// <summary>Archives of GNU tar and bsdtar say through our reader what lstat, readlink and listxattr say about the tree they were made of.</summary>
public sealed class TarReaderToolTests
{
    private static async Task Compare(Action<string> make, string tool, string[] arguments, bool withXattrs, bool withFractions = true)
    {
        using var folder = new TemporaryFolder();
        var tree = folder.MakeFolder("tree");
        make(tree);
        var archive = folder["archive.tar"];
        HostTool.RunOk(tool, [.. arguments, "-cf", archive, "-C", tree, "."]);
        var expected = UnixTree.Read(tree).Select(o => o with
        {
            Xattrs = withXattrs ? o.Xattrs : "",
            Time = withFractions ? o.Time : o.Time[..^10] + ".000000000",
        });
        await using var stream = File.OpenRead(archive);
        var actual = await TarComparison.ReadAsync(stream, withXattrs);
        Assert.Equal("", TarComparison.Differences(expected, actual));
    }

    [ToolTheory("tar", "bash", RequiresRoot = true)]
    [InlineData("v7", "--exclude=./c --exclude=./b --exclude=./p")]
    [InlineData("ustar", "")]
    public Task GNU_tar_in_old_formats(string format, string more) =>
        Compare(
            root =>
            {
                HostileTreeScript.MakeCommon(root);
                if (more.Length > 0) HostTool.RunOk("rm", Path.Combine(root, "c"), Path.Combine(root, "b"), Path.Combine(root, "p"));
            },
            "tar", [$"--format={format}"], withXattrs: false);

    [ToolTheory("tar", "bash", RequiresRoot = true)]
    [InlineData("oldgnu")]
    [InlineData("gnu")]
    [InlineData("posix")]
    public Task GNU_tar_with_long_names_and_large_numbers(string format) =>
        Compare(HostileTreeScript.MakeLong, "tar", [$"--format={format}"], withXattrs: false);

    [ToolTheory("tar", "bash", RequiresRoot = true)]
    [InlineData("oldgnu", "1.0")]
    [InlineData("gnu", "1.0")]
    [InlineData("posix", "0.0")]
    [InlineData("posix", "0.1")]
    [InlineData("posix", "1.0")]
    public Task GNU_tar_with_holes(string format, string version) =>
        Compare(HostileTreeScript.MakeSparse, "tar", [$"--format={format}", "--sparse", $"--sparse-version={version}"], withXattrs: false);

    [ToolFact("tar", "bash", "setfattr", "setcap", "setfacl", RequiresRoot = true)]
    public Task GNU_tar_with_everything() =>
        Compare(HostileTreeScript.MakeAll, "tar", ["--format=posix", "--sparse", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls"], withXattrs: true);

    [ToolTheory("bsdtar", "bash", RequiresRoot = true)]
    [InlineData("ustar")]
    [InlineData("gnutar")]
    [InlineData("pax")]
    public Task Bsdtar(string format) =>
        Compare(
            root =>
            {
                if (format == "ustar") HostileTreeScript.MakeCommon(root);
                else HostileTreeScript.MakeLong(root);

                // Its GNU format has neither negative numbers nor more than 33 bits for times.
                if (format == "gnutar") HostTool.RunOk("rm", Path.Combine(root, "before"), Path.Combine(root, "late"));
            },
            "bsdtar", [$"--format={format}"], withXattrs: false);

    /// <summary>Without the one time before 1970 that has a fraction: libarchive writes those off by twice the fraction.</summary>
    [ToolFact("bsdtar", "bash", "setfattr", "setcap", "setfacl", RequiresRoot = true)]
    public Task Bsdtar_with_everything() =>
        Compare(
            root =>
            {
                HostileTreeScript.MakeAll(root);
                HostTool.RunOk("touch", "-d", "1965-01-01T01:01:01Z", Path.Combine(root, "capable"));
            },
            "bsdtar", ["--format=pax", "--read-sparse", "--xattrs", "--acls"], withXattrs: true);
}
