namespace EtchStream.TestKit.Engine;

/// <summary>Mounts that an engine leaves behind when it is stopped.</summary>
internal static class EngineMounts
{
    /// <summary>Unmounts all that is mounted strictly below a folder, the innermost first.</summary>
    public static void UnmountBelow(string folder)
    {
        // proc(5): the fifth field is the mount point, blanks and backslashes as octal escapes, none of which the tests' own paths have.
        var points = File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4])
            .Where(point => point.StartsWith($"{folder}/", StringComparison.Ordinal))
            .OrderByDescending(point => point.Length)
            .ToArray();
        foreach (var point in points) HostTool.Run("umount", "-l", point);
    }
}
