using System.Text;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Oracles;

/// <summary>The comparison that other tests rest on has to notice every kind of damage, and only damage.</summary>
public sealed class TreeManifestTests
{
    private static readonly TreeDiffOptions Exact = new();

    public static TheoryData<string, string> Damages => new()
    {
        { "file: content differs", "a changed byte" },
        { "file: content differs", "a changed byte behind a hole" },
        { "file: size should be 20000, is 20001", "one more zero" },
        { "file: mode should be 644, is 645", "mode" },
        { "file: mode should be 644, is 4644", "setuid" },
        { "file: user should be 0, is 70000", "user" },
        { "file: group should be 0, is 1", "group" },
        { "file: mtime should be 1600000000.000000000, is 1600000000.000000001", "a nanosecond" },
        { "file: mtime should be 1600000000.000000000, is 1600000001.000000000", "a second" },
        { "link: mtime should be 1600000000.000000000, is 5.000000000", "time of a symlink" },
        { "file: xattr user.kept (1 bytes) should be 1, is (1 bytes) 2", "xattr value" },
        { "file: xattr user.kept is missing", "xattr removed" },
        { "file: xattr user.more should not be there", "xattr added" },
        { "folder: xattr system.posix_acl_default should not be there", "ACL added" },
        { "hard-2: link count should be 2, is 1", "hard link broken" },
        { "hard-2: shares its inode with should be hard-1, is hard-2", "hard link broken" },
        { "hard-2: link count should be 2, is 3", "hard link added" },
        { "hard-3: should not be there (File)", "hard link added" },
        { "device: device should be (1, 3), is (1, 5)", "device number" },
        { "device: is a BlockDevice, not a CharacterDevice", "device type" },
        { "link: link target should be target, is targeu", "link target" },
        { "file: is missing", "missing" },
        { "folder/inner: is missing", "folder missing" },
        { "extra: should not be there (Fifo)", "extra" },
        { "folder: link count should be 3, is 4", "subfolder added" },
        { ": mode should be 755, is 700", "root mode" },
        { "\\xff: is missing", "name that is not UTF-8" },
    };

    [ToolTheory(RequiresRoot = true)]
    [MemberData(nameof(Damages))]
    public void A_damage_is_reported(string expected, string damage)
    {
        using var folder = new TemporaryFolder();
        MakeTree(folder.MakeFolder("a"), "");
        MakeTree(folder.MakeFolder("b"), damage);
        var lines = TreeManifest.Diff(TreeManifest.Read(folder["a"]), TreeManifest.Read(folder["b"]), Exact);
        Assert.Contains($"/{expected}", lines);
    }

    [ToolFact(RequiresRoot = true)]
    public void Equal_trees_do_not_differ_whether_zeros_are_stored_or_holes()
    {
        using var folder = new TemporaryFolder();
        MakeTree(folder.MakeFolder("a"), "");
        MakeTree(folder.MakeFolder("b"), "zeros stored");
        var (a, b) = (TreeManifest.Read(folder["a"]), TreeManifest.Read(folder["b"]));
        Nothing.Wrong("differences", [.. TreeManifest.Diff(a, b, Exact)]);
        Assert.True(a.Find("file")!.Allocated < b.Find("file")!.Allocated);
    }

    [ToolFact(RequiresRoot = true)]
    public void Options_leave_out_what_a_file_system_cannot_hold()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, time) in (ReadOnlySpan<(string, UnixTime)>)[("a", new(1L << 33, 5)), ("b", new(int.MaxValue, 0))])
        {
            using var builder = new TreeBuilder(folder.MakeFolder(name));
            builder.Folder([], new UnixAttributes { Mode = 0x1ed });
            builder.File("file", [1], new UnixAttributes { Mode = 0x1a4, ModificationTime = time });
            if (name == "b") builder.Folder("lost+found");
        }

        var (a, b) = (TreeManifest.Read(folder["a"]), TreeManifest.Read(folder["b"]));
        var options = new TreeDiffOptions { IgnoreNanoseconds = true, ClampTimesTo32Bits = true, IgnoreDirectoryLinkCounts = true };
        Nothing.Wrong("differences", [.. TreeManifest.Diff(a, b, options)]);
        Assert.Single(TreeManifest.Diff(a, b, options with { ClampTimesTo32Bits = false }));
        Assert.Single(TreeManifest.Diff(a, b, options with { IgnoreDirectoryLinkCounts = false }));
        Assert.Single(TreeManifest.Diff(a, b, options with { IgnoreLostAndFound = false }));
        Assert.Single(TreeManifest.Diff(a, b, options with { Limit = 0, ClampTimesTo32Bits = false }));
    }

    [ToolFact("mke2fs", "tar", RequiresRoot = true)]
    public void A_hostile_tree_packed_and_unpacked_by_GNU_tar_is_the_same_tree()
    {
        var payload = Payloads.Hostile(HostileTreeOptions.Quick);
        using var folder = new TemporaryFolder();
        var volume = Ext4Image.Make(folder["a.img"], 0, 200 << 20, "-t", "ext4", "-b", "4096");
        File.Copy(volume.Path, folder["b.img"]);
        TreeManifest source, copy;
        using (var mount = LoopMount.Open(volume, readOnly: false))
        {
            Directory.CreateDirectory(Path.Combine(mount.Path, "inject/1"));
            HostileTree.Create(Path.Combine(mount.Path, "inject/1"));
            using (var builder = new TreeBuilder(Path.Combine(mount.Path, "inject/1")))
            {
                builder.HardLink("device-again", "links/device");
                builder.HardLink("fifo-again", "links/fifo");
            }

            source = TreeManifest.Read(Path.Combine(mount.Path, "inject/1"));
        }

        using (var mount = LoopMount.Open(volume.In(folder["b.img"]), readOnly: false))
        {
            GnuTar.Unpack(payload, mount.Path);
            copy = TreeManifest.Read(Path.Combine(mount.Path, "inject/1"));
        }

        // Adding the two links changed the time of their folder.
        var differences = TreeManifest.Diff(source, copy).Where(line => !line.StartsWith("/: mtime", StringComparison.Ordinal));
        Nothing.Wrong("what GNU tar lost", [.. differences]);
        Assert.InRange(source.Entries.Count, 4_000, 8_000);
        Nothing.Wrong("e2fsck", volume.Check());
        Nothing.Wrong("e2fsck", volume.In(folder["b.img"]).Check());
    }

    private static void MakeTree(string root, string damage)
    {
        var time = new UnixTime(1_600_000_000);
        Xattr kept = new("user.kept"u8.ToArray(), "1"u8.ToArray());
        using var builder = new TreeBuilder(root);
        builder.Folder([], new UnixAttributes { Mode = damage == "root mode" ? 0x1c0 : 0x1ed });
        builder.Folder("folder", new UnixAttributes
        {
            Mode = 0x1ed,
            Xattrs = damage == "ACL added" ? [new("system.posix_acl_default"u8.ToArray(), Convert.FromHexString("02000000" + "01000700FFFFFFFF" + "04000500FFFFFFFF" + "20000500FFFFFFFF"))] : [],
        });
        if (damage != "folder missing") builder.Folder("folder/inner");
        if (damage == "subfolder added") builder.Folder("folder/second");

        var head = Encoding.ASCII.GetBytes(damage == "a changed byte" ? "head of the filf" : "head of the file");
        var tail = Encoding.ASCII.GetBytes(damage == "a changed byte behind a hole" ? "taik" : "tail");
        List<(long, byte[])> pieces = [(0, head), (19_990, tail)];
        if (damage == "zeros stored") pieces.Insert(1, (4096, new byte[8192]));
        if (damage != "missing")
        {
            builder.File("file"u8, damage == "one more zero" ? 20_001 : 20_000, pieces, new UnixAttributes
            {
                Mode = damage switch { "mode" => 0x1a5, "setuid" => 0x9a4, _ => 0x1a4 },
                UserId = damage == "user" ? 70_000u : 0,
                GroupId = damage == "group" ? 1u : 0,
                ModificationTime = damage switch { "a nanosecond" => time with { Nanoseconds = 1 }, "a second" => time with { Seconds = time.Seconds + 1 }, _ => time },
                Xattrs = damage switch
                {
                    "xattr value" => [kept with { Value = "2"u8.ToArray() }],
                    "xattr removed" => [],
                    "xattr added" => [kept, new("user.more"u8.ToArray(), [])],
                    _ => [kept],
                },
            });
        }

        builder.File("hard-1", [1, 2, 3]);
        if (damage == "hard link broken") builder.File("hard-2", [1, 2, 3]);
        else builder.HardLink("hard-2", "hard-1");
        if (damage == "hard link added") builder.HardLink("hard-3", "hard-1");
        builder.SymbolicLink("link", damage == "link target" ? "targeu" : "target", new UnixAttributes { Mode = 0x1ff, ModificationTime = damage == "time of a symlink" ? new(5) : time });
        builder.Node("device", damage == "device type" ? FileKind.BlockDevice : FileKind.CharacterDevice, 1, damage == "device number" ? 5u : 3u);
        if (damage == "extra") builder.Node("extra", FileKind.Fifo);
        if (damage != "name that is not UTF-8") builder.File([0xff], []);
    }
}
