namespace EtchStream.TestKit;

/// <summary>GNU tar with all that it can carry switched on, for making payloads and for the kernel's side of a comparison.</summary>
public static class GnuTar
{
    private static readonly string[] Everything = ["--xattrs", "--xattrs-include=*", "--acls", "--numeric-owner"];

    /// <summary>Packs a folder, in order of names; the folder itself is named <paramref name="prefix"/> in the archive, all else lies below that.</summary>
    /// <param name="archive">The archive to write.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="prefix">E.g. <c>inject/1</c>.</param>
    public static void Pack(string archive, string folder, string prefix)
    {
        // r and h: names and hard-link targets take the prefix, symbolic links stay as they are.
        Checked(HostTool.Run("tar", ["--create", "--file", archive, "--format=posix", "--blocking-factor=1", .. Everything, "--sparse", "--sort=name", "--transform", $"flags=rh;s,^\\.,{prefix},", "-C", folder, "."]));
    }

    /// <summary>
    /// Unpacks into a folder, as root, as faithfully as GNU tar can; existing files are replaced, existing folders kept.
    /// </summary>
    /// <remarks>
    /// Folders get their times when tar leaves them, so nothing may be added to one later on, except to the topmost. (With
    /// --delay-directory-restore it could, but then tar's time grows with the square of the number of folders.)
    /// </remarks>
    public static void Unpack(string archive, string folder) =>
        Checked(HostTool.Run("tar", ["--extract", "--file", archive, .. Everything, "--same-owner", "--preserve-permissions", "--absolute-names", "-C", folder]));

    // It warns about times before 1970 and about what it could not set; the latter also in the exit code.
    private static void Checked(HostToolResult result)
    {
        result.Succeeded();
        var errors = result.Error.Split('\n').Where(line => line.Length > 0 && !line.Contains("time stamp", StringComparison.Ordinal)).ToArray();
        if (errors.Length > 0) throw new InvalidOperationException($"{result.CommandLine}\n{string.Join('\n', errors)}");
    }
}
