using System.Globalization;

namespace EtchStream.TestKit;

/// <summary>A loop device over an image, or a part of it, until disposed.</summary>
public sealed class LoopDevice : IDisposable
{
    private LoopDevice(string path) => Path = path;

    /// <summary>Path of the device node.</summary>
    public string Path { get; }

    /// <summary>Attaches <paramref name="length"/> bytes (0: up to the end) of <paramref name="image"/> at <paramref name="offset"/>.</summary>
    public static LoopDevice Open(string image, long offset = 0, long length = 0, bool readOnly = true)
    {
        List<string> arguments = ["--find", "--show", "--offset", offset.ToString(CultureInfo.InvariantCulture)];
        if (length > 0) arguments.AddRange(["--sizelimit", length.ToString(CultureInfo.InvariantCulture)]);
        if (readOnly) arguments.Add("--read-only");

        // Another process may take the device that was found free before it is attached: then the next one is tried.
        HostToolResult result;
        var attempts = 0;
        do result = HostTool.Run("losetup", [.. arguments, image]);
        while (result.ExitCode != 0 && result.Error.Contains("busy", StringComparison.OrdinalIgnoreCase) && ++attempts < 20);
        return new LoopDevice(result.Succeeded().Output.Trim());
    }

    /// <summary>Gives the device back; while it is still mounted, the kernel does so at the unmount.</summary>
    public void Dispose() => HostTool.Run("losetup", "--detach", Path);
}
