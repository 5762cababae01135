using Microsoft.Win32.SafeHandles;

namespace EtchStream.Cli;

/// <summary>Standard output as a plain file.</summary>
internal static class StandardStreams
{
    private const int StandardError = 2;

    private static readonly List<Microsoft.Win32.SafeHandles.SafeFileHandle> s_held = [];

    /// <summary>
    /// Puts /dev/null where a standard stream is closed (<c>2&gt;&amp;-</c>). Else the next file that is opened gets its number, standard output's
    /// copy perhaps, and messages would be written into an archive. To be called before anything is opened.
    /// </summary>
    public static void FillClosed()
    {
        if (OperatingSystem.IsWindows()) return;
        while (true)
        {
            var handle = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (handle.DangerousGetHandle() > StandardError)
            {
                handle.Dispose();
                return;
            }

            s_held.Add(handle);
        }
    }

    /// <summary>
    /// Standard output for bytes. Not the console's own stream: that one takes a closed pipe for success and goes on, so that
    /// <c>etchstream pack -o - … | head</c> would run to the end.
    /// </summary>
    public static Stream OpenOutput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardOutput()
        : new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
}
