using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Tar;

/// <summary>GNU tar and bsdtar extract from our archives what the tree was that they describe.</summary>
public sealed class TarWriterToolTests
{
    /// <summary>A tree, packed by GNU tar, read and written again by this library, extracted by the tool.</summary>
    private static async Task<(List<UnixObject> Expected, List<UnixObject> Actual)> Extract(TemporaryFolder folder, Action<string> make, string tool, params string[] arguments)
    {
        var tree = folder.MakeFolder("tree");
        make(tree);
        var original = folder["original.tar"];
        HostTool.RunOk("tar", "--format=posix", "--sparse", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls", "-cf", original, "-C", tree, ".");
        var ours = folder["ours.tar"];
        await Copy(original, ours);
        var target = folder.MakeFolder("extracted");
        var result = HostTool.RunOk(tool, [.. arguments, "-xf", ours, "-C", target]);
        Assert.DoesNotContain("gnoring", result.Error, StringComparison.Ordinal);
        return (UnixTree.Read(tree), UnixTree.Read(target));
    }

    private static async Task Copy(string from, string to)
    {
        await using var source = new StreamByteSource(File.OpenRead(from));
        var reader = new TarReader(source);
        await using var writer = new TarWriter(File.Create(to));
        while (await reader.ReadEntryAsync() is { } entry)
        {
            await writer.WriteEntryAsync(entry);
            for (var window = await reader.ReadContentAsync(); !window.IsEmpty; window = await reader.ReadContentAsync()) await writer.WriteContentAsync(window);
        }

        await writer.FinishAsync();
    }

    [ToolFact("tar", "bash", "setfattr", "setcap", "setfacl", RequiresRoot = true)]
    public async Task GNU_tar_extracts_everything()
    {
        using var folder = new TemporaryFolder();
        var (expected, actual) = await Extract(folder, HostileTreeScript.MakeAll, "tar", "--numeric-owner", "-p", "--xattrs", "--xattrs-include=*", "--acls");
        Assert.Equal("", TarComparison.Differences(expected, actual));
        AssertSparse(actual);
    }

    [ToolFact("tar", "bsdtar", "bash", "setfattr", "setcap", "setfacl", RequiresRoot = true)]
    public async Task Bsdtar_extracts_everything()
    {
        using var folder = new TemporaryFolder();
        void Make(string root)
        {
            HostileTreeScript.MakeAll(root);

            // libarchive takes the fraction of a time before 1970 for one that counts forward.
            HostTool.RunOk("touch", "-d", "1965-01-01T01:01:01Z", Path.Combine(root, "capable"));

            // It does not know GNU tar's escapes of an equals sign in an attribute's name.
            HostTool.RunOk("setfattr", "-x", "user.a=b%c", Path.Combine(root, "attrs"));
        }

        var (expected, actual) = await Extract(folder, Make, "bsdtar", "--numeric-owner", "-p", "--xattrs", "--acls");
        Assert.Equal("", TarComparison.Differences(expected, actual));
        AssertSparse(actual);
    }

    [ToolFact("tar", "bsdtar", "bash", "setfattr", "setcap", "setfacl", RequiresRoot = true)]
    public async Task Both_tools_list_the_same_names()
    {
        using var folder = new TemporaryFolder();
        await Extract(folder, HostileTreeScript.MakeAll, "tar", "--numeric-owner");
        var gnu = HostTool.RunOk("tar", "--quoting-style=literal", "-tf", folder["ours.tar"]).Output;
        var original = HostTool.RunOk("tar", "--quoting-style=literal", "-tf", folder["original.tar"]).Output;
        Assert.Equal(original, gnu);

        // GNU tar's own archive leaves bsdtar with names that it cannot convert; ours must not.
        var bsd = HostTool.Run("bsdtar", "-tf", folder["original.tar"]).Output;
        Assert.Equal(bsd, HostTool.RunOk("bsdtar", "-tf", folder["ours.tar"]).Output);
    }

    [ToolTheory("tar", "bsdtar")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Content_beyond_8_GiB_is_passed_over_by_both_tools(bool isSparse)
    {
        const long Length = 9L << 30;
        using var folder = new TemporaryFolder();
        var archive = folder["big.tar"];
        await using (var file = File.Create(archive))
        {
            // The content is a hole of the archive file itself; only the headers are really written.
            await using var head = new TarWriter(file, leaveOpen: true);
            await head.WriteEntryAsync(new TarEntry { Name = "big"u8.ToArray(), Kind = FileKind.File, Size = isSparse ? 2 * Length : Length, DataRuns = isSparse ? [new DataRun(Length, Length)] : null });
            await head.FlushAsync();
            file.Position += Length;
            await using var tail = new TarWriter(file, leaveOpen: true);
            await tail.WriteEntryAsync(new TarEntry { Name = "after"u8.ToArray(), Kind = FileKind.File });
            await tail.FinishAsync();
        }

        foreach (var tool in new[] { "tar", "bsdtar" })
        {
            var listed = HostTool.RunOk(tool, "-tvf", archive).Output.TrimEnd().Split('\n');
            Assert.Equal(2, listed.Length);
            Assert.Contains(isSparse ? "19327352832" : "9663676416", listed[0], StringComparison.Ordinal);
            Assert.EndsWith(" after", listed[1], StringComparison.Ordinal);
        }

        await using var source = new StreamByteSource(File.OpenRead(archive));
        var reader = new TarReader(source);
        Assert.Equal(Length, (await reader.ReadEntryAsync())!.ContentLength);
        Assert.Equal(Length, reader.ContentRemaining);
    }

    /// <summary>The comparison must see each of these; one that sees nothing proves nothing.</summary>
    [ToolTheory("tar", "bash", "setfattr", "setfacl", "touch", RequiresRoot = true)]
    [InlineData("chmod 4754 dir/big")]
    [InlineData("chown 1:1 owned")]
    [InlineData("touch -d '2021-01-01T01:01:01.123456788Z' attrs")]
    [InlineData("touch -h -d '2021-01-01' dir/link")]
    [InlineData("t=$(stat -c %y dir/big); printf '\\1' | dd of=dir/big bs=1 seek=69999 conv=notrunc status=none; touch -d \"$t\" dir/big")]
    [InlineData("setfattr -n user.binary -v 0x000aff3d8001 attrs")]
    [InlineData("setfattr -x user.empty attrs")]
    [InlineData("setfacl -m u:1234:r acl")]
    [InlineData("rm p; touch -d '2020-02-02T02:02:02Z' .")]
    [InlineData("touch extra")]
    [InlineData("rm c; mknod c c 1 4; chmod 0 c; touch -d '2020-02-02T02:02:02Z' c")]
    [InlineData("ln -sfn elsewhere dir/link; touch -h -d '2020-02-02T02:02:02Z' dir/link; touch -d '2020-02-02T02:02:02.5Z' dir")]
    [InlineData("truncate -s 1048577 hole; touch -d '2020-02-02T02:02:02Z' hole")]
    public async Task The_comparison_notices_damage(string damage)
    {
        using var folder = new TemporaryFolder();
        var (expected, actual) = await Extract(folder, HostileTreeScript.MakeAll, "tar", "--numeric-owner", "-p", "--xattrs", "--xattrs-include=*", "--acls");
        Assert.Equal("", TarComparison.Differences(expected, actual));
        HostTool.Run(new HostToolCall("bash", "-c", damage) { WorkingDirectory = folder["extracted"] }).Succeeded();
        var differences = TarComparison.Differences(expected, UnixTree.Read(folder["extracted"]));
        Assert.InRange(differences.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 2);
    }

    private static void AssertSparse(List<UnixObject> objects)
    {
        foreach (var (name, most) in new[] { ("hole", 0), ("middle", 8192), ("tail", 8192), ("nine", 8192), ("many", 50 * 8192) })
        {
            var found = objects.Single(o => o.Path == name);
            Assert.True(found.Allocated <= most, $"{name} takes {found.Allocated} bytes");
        }

        Assert.Equal(objects.Single(o => o.Path == "dir/plain").Inode, objects.Single(o => o.Path == "dir/hard").Inode);
        Assert.Equal(9L << 30, objects.Single(o => o.Path == "nine").Size);
    }

}
