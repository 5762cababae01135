using Microsoft.Win32.SafeHandles;

namespace EtchStream.Cli;

/// <summary>Standard input and output as plain files.</summary>
internal static class StandardStreams
{
    /// <summary>
    /// Standard output for bytes. Not the console's own stream: that one takes a closed pipe for success and goes on, so that
    /// <c>etchstream pack -o - … | head</c> would run to the end.
    /// </summary>
    public static Stream OpenOutput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardOutput()
        : new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <summary>Standard input for bytes.</summary>
    public static Stream OpenInput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
}
