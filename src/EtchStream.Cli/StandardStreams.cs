using Microsoft.Win32.SafeHandles;

namespace EtchStream.Cli;

/// <summary>Standard output as a plain file.</summary>
internal static class StandardStreams
{
    /// <summary>
    /// Standard output for bytes. Not the console's own stream: that one takes a closed pipe for success and goes on, so that
    /// <c>etchstream pack -o - … | head</c> would run to the end.
    /// </summary>
    public static Stream OpenOutput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardOutput()
        : new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
}
