using System.Collections.Concurrent;

namespace EtchStream.TestKit;

/// <summary>Archives of <c>inject/PARTITION/…</c> entries that tests share; each is made once in a run.</summary>
public static class Payloads
{
    private static readonly ConcurrentDictionary<(object, string), Lazy<string>> Made = new();
    private static readonly Lazy<TemporaryFolder> Folder = new(() =>
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    });

    /// <summary>A tar of a <see cref="HostileTree"/>, made by GNU tar from a real ext4 file system.</summary>
    public static string Hostile(HostileTreeOptions options, string partition = "1") => Get((options, partition), archive =>
    {
        using var temporary = new TemporaryFolder();

        var inodes = options.FilesInOneFolder + options.FoldersInOneFolder + 5_000;
        var megabytes = 120 + (inodes / 300);
        var volume = Ext4Image.Make(temporary["source.img"], 0, megabytes * 1024L * 1024, "-t", "ext4", "-b", $"{options.BlockSize}", "-O", "large_dir", "-N", $"{inodes}");
        using var mount = LoopMount.Open(volume, readOnly: false);
        var tree = Path.Combine(mount.Path, "tree");
        Directory.CreateDirectory(tree);
        HostileTree.Create(tree, options);
        GnuTar.Pack(archive, tree, $"inject/{partition}");
        TarPatch.AppendHardLink(archive, $"inject/{partition}/device-again", $"inject/{partition}/links/device");
        TarPatch.AppendHardLink(archive, $"inject/{partition}/fifo-again", $"inject/{partition}/links/fifo");
    });

    /// <summary>A tar of a minimal Debian, see <see cref="DebianRoot"/>.</summary>
    public static string Debian(string partition = "1") => Get(("debian", partition), archive =>
    {
        using var temporary = new TemporaryFolder();
        HostTool.RunOk("tar", "-x", "-f", DebianRoot.Get(), "-C", temporary.FullPath, "--numeric-owner", "-p", "--xattrs", "--xattrs-include=*", "--acls");
        GnuTar.Pack(archive, temporary.FullPath, $"inject/{partition}");
    });

    private static string Get((object, string) key, Action<string> make) => Made.GetOrAdd(key, _ => new Lazy<string>(() =>
    {
        var archive = Folder.Value[$"{Guid.NewGuid():N}.tar"];
        make(archive);
        return archive;
    })).Value;
}
