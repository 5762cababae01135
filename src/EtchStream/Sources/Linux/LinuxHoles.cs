using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EtchStream.Formats.IO;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources.Linux;

/// <summary>Asks the file system where a file's holes are (lseek(2), SEEK_DATA and SEEK_HOLE).</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxHoles
{
    private const int NoMoreData = 6;
    private const int InvalidArgument = 22;

    /// <summary>The first stretch of data at or behind a position.</summary>
    /// <returns>The stretch, cut at <paramref name="length"/>; null when the rest is a hole. A file system that does not tell has one stretch to the end.</returns>
    public static DataRun? Next(SafeFileHandle file, long position, long length, string shown)
    {
        if (position >= length) return null;
        var descriptor = LinuxFile.Descriptor(file);
        var start = LinuxCalls.Seek(descriptor, position, LinuxCalls.SeekData);
        if (start < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NoMoreData) return null;
            return error == InvalidArgument ? new DataRun(position, length - position) : throw LinuxFile.Error(shown, "its holes cannot be found");
        }

        if (start >= length) return null;
        var end = LinuxCalls.Seek(descriptor, start, LinuxCalls.SeekHole);
        if (end < 0) end = length;
        return new DataRun(start, Math.Min(end, length) - start);
    }
}
