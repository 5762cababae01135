using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EtchStream.Formats.Unix;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Pack.Sources.Linux;

/// <summary>Reads all extended attributes of an object that the process may see, sorted by name. POSIX ACLs are among them, as <c>system.posix_acl_*</c>.</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxXattrs
{
    private const int NoData = 61;
    private const int OutOfRange = 34;
    private const int NotSupported = 95;
    private const int FirstSize = 1024;

    /// <summary>Reads them.</summary>
    /// <param name="file">An open handle.</param>
    /// <param name="isPathOnly">True when the handle was opened with O_PATH: such a one is reached through <c>/proc/self/fd</c>, which leads to the very object and follows no link.</param>
    /// <param name="shown">The path, for errors.</param>
    public static IReadOnlyList<Xattr> Read(SafeFileHandle file, bool isPathOnly, string shown)
    {
        var descriptor = LinuxFile.Descriptor(file);
        var path = isPathOnly ? LinuxFile.Terminated($"/proc/self/fd/{descriptor}") : null;
        var list = Call(FirstSize, (buffer, size) => List(descriptor, path, buffer, size), shown, NotSupported);
        if (list is null or { Length: 0 }) return [];

        var xattrs = new List<Xattr>();
        foreach (var range in list.AsSpan().Split((byte)0))
        {
            var name = list[range];
            if (name.Length == 0) continue;

            // One that was removed between the two calls is gone, as if it had been before.
            byte[] terminated = [.. name, 0];
            if (Call(FirstSize, (buffer, size) => Get(descriptor, path, terminated, buffer, size), shown, NoData) is { } value) xattrs.Add(new Xattr(name, value));
        }

        xattrs.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return xattrs;
    }

    private delegate nint XattrCall(Span<byte> buffer, nint size);

    private static byte[]? Call(int size, XattrCall call, string shown, int absent)
    {
        while (true)
        {
            var buffer = new byte[size];
            var length = call(buffer, size);
            if (length >= 0) return buffer[..(int)length];
            var error = Marshal.GetLastPInvokeError();
            if (error == absent) return null;

            // Linux ends lists and values at 64 KiB.
            if (error != OutOfRange || size >= 16 * 65536) throw LinuxFile.Error(shown, "its extended attributes cannot be read");
            size *= 8;
        }
    }

    private static unsafe nint List(int descriptor, byte[]? path, Span<byte> buffer, nint size)
    {
        fixed (byte* list = buffer)
        fixed (byte* object_ = path)
        {
            return path is null ? LinuxCalls.ListXattrs(descriptor, list, size) : LinuxCalls.ListXattrs(object_, list, size);
        }
    }

    private static unsafe nint Get(int descriptor, byte[]? path, byte[] name, Span<byte> buffer, nint size)
    {
        fixed (byte* value = buffer)
        fixed (byte* object_ = path)
        fixed (byte* key = name)
        {
            return path is null ? LinuxCalls.GetXattr(descriptor, key, value, size) : LinuxCalls.GetXattr(object_, key, value, size);
        }
    }
}
