using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources.Linux;

/// <summary>All extended attributes of an object that the process may see, sorted by name, and its POSIX ACLs.</summary>
/// <remarks>
/// ACLs are taken out and given as text, with numeric IDs: GNU tar and bsdtar restore them only from there. One that does not come
/// back from its text bit for bit stays among the attributes.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxXattrs
{
    private const int NoData = 61;
    private const int OutOfRange = 34;
    private const int NotSupported = 95;
    private const int FirstSize = 1024;

    private static readonly LinuxXattrs None = new();

    private LinuxXattrs()
    {
    }

    /// <summary>The attributes, without the ACLs.</summary>
    public IReadOnlyList<Xattr> Xattrs { get; private init; } = [];

    /// <summary>The list that governs access, as text.</summary>
    public byte[]? AclAccess { get; private init; }

    /// <summary>The list that new files in a folder inherit, as text.</summary>
    public byte[]? AclDefault { get; private init; }

    /// <summary>Reads them.</summary>
    /// <param name="file">An open handle.</param>
    /// <param name="isPathOnly">True when the handle was opened with O_PATH: such a one is reached through <c>/proc/self/fd</c>, which leads to the very object and follows no link.</param>
    /// <param name="shown">The path, for errors.</param>
    public static LinuxXattrs Read(SafeFileHandle file, bool isPathOnly, string shown)
    {
        var descriptor = LinuxFile.Descriptor(file);
        var path = isPathOnly ? LinuxFile.Terminated($"/proc/self/fd/{descriptor}") : null;
        var list = Call(FirstSize, (buffer, size) => List(descriptor, path, buffer, size), shown, NotSupported);
        if (list is null or { Length: 0 }) return None;

        byte[]? access = null, defaults = null;
        var xattrs = new List<Xattr>();
        foreach (var range in list.AsSpan().Split((byte)0))
        {
            var name = list[range];
            if (name.Length == 0) continue;

            // One that was removed between the two calls is gone, as if it had been before.
            byte[] terminated = [.. name, 0];
            if (Call(FirstSize, (buffer, size) => Get(descriptor, path, terminated, buffer, size), shown, NoData) is not { } value) continue;
            if (name.AsSpan().SequenceEqual(PosixAcl.AccessName) && AsText(value) is { } accessText) access = accessText;
            else if (name.AsSpan().SequenceEqual(PosixAcl.DefaultName) && AsText(value) is { } defaultText) defaults = defaultText;
            else xattrs.Add(new Xattr(name, value));
        }

        xattrs.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return new LinuxXattrs { Xattrs = xattrs, AclAccess = access, AclDefault = defaults };
    }

    private static byte[]? AsText(byte[] acl)
    {
        try
        {
            var text = PosixAcl.ToText(acl);
            return PosixAcl.FromText(text) is { } back && back.AsSpan().SequenceEqual(acl) ? text : null;
        }
        catch (CorruptFormatException)
        {
            return null;
        }
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
