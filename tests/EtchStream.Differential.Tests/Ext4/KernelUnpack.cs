using EtchStream.Formats.Unix;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>The same work done by GNU tar on a mounted file system: what all else is compared with.</summary>
internal static class KernelUnpack
{
    /// <summary>Unpacks payloads into the mounted partition of <paramref name="volume"/>, in place.</summary>
    public static void Into(Ext4Image volume, string partition, params string[] payloads)
    {
        // The archives name everything inject/PARTITION/…: the partition is mounted at that place.
        using var mount = LoopMount.Open(volume, readOnly: false, options: "noinit_itable", folder: $"inject/{partition}");
        var root = TreeManifest.ReadRoot(mount.Path);
        foreach (var payload in payloads) GnuTar.Unpack(payload, mount.Root);

        // The folder inject/PARTITION only names the partition: whoever owns it where the archive was made, the root stays as it was.
        using var builder = new TreeBuilder(mount.Path);
        builder.Folder([], new UnixAttributes { Mode = root.Mode, UserId = root.UserId, GroupId = root.GroupId, ModificationTime = root.ModificationTime });
    }
}
