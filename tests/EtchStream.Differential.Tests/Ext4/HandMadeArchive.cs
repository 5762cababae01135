using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>An archive as users make it without <c>pack</c>: <c>tar cf a.tar disk.img inject</c>.</summary>
internal static class HandMadeArchive
{
    /// <summary>Writes the image, then the payloads' entries, as one tar, and answers its path.</summary>
    public static string Make(string archive, string image, params string[] payloads)
    {
        var imageTar = $"{archive}.image";
        HostTool.RunOk("tar", "--create", "--file", imageTar, "--format=posix", "--blocking-factor=1", "--sparse", "-C", Path.GetDirectoryName(image)!, "--transform", "s,.*,disk.img,", Path.GetFileName(image));
        TarPatch.Concatenate(archive, [imageTar, .. payloads]);
        File.Delete(imageTar);
        return archive;
    }
}
