using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EtchStream.TestKit;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Differential.Tests.Tar;

/// <summary>What lstat, readlink, listxattr and read say about one object of a tree.</summary>
internal sealed record UnixObject
{
    public required string Path { get; init; }

    public required char Kind { get; init; }

    public required int Mode { get; init; }

    public required long UserId { get; init; }

    public required long GroupId { get; init; }

    public required string Time { get; init; }

    public long Size { get; init; }

    public string Device { get; init; } = "";

    public string Link { get; init; } = "";

    public string Content { get; init; } = "";

    public string Xattrs { get; init; } = "";

    /// <summary>Bytes that the file takes on the disk. Not part of the comparison.</summary>
    public long Allocated { get; init; }

    public long Inode { get; init; }

    /// <summary>One line with all that has to be the same.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Path} {Kind} {Convert.ToString(Mode, 8)} {UserId}:{GroupId} {Time} size {Size} dev {Device} -> {Link} {Content} {Xattrs}");
}

/// <summary>Reads real trees. Paths are Latin-1 text: one character a byte.</summary>
internal static partial class UnixTree
{
    /// <summary>Everything below a folder, in order of path.</summary>
    public static List<UnixObject> Read(string root)
    {
        const string Format = "%n\\0%f\\0%u\\0%g\\0%.9Y\\0%s\\0%t:%T\\0%b\\0%i\\0";
        var listed = HostTool.Run(new HostToolCall("bash", "-c", $"find . -mindepth 1 -print0 | xargs -0 -r stat --printf '{Format}'") { WorkingDirectory = root }).Succeeded();
        var links = HostTool.Run(new HostToolCall("find", ".", "-type", "l", "-printf", "%p\\0%l\\0") { WorkingDirectory = root }).Succeeded().Output.Split('\0');
        var targets = Enumerable.Range(0, links.Length / 2).ToDictionary(i => links[2 * i], i => links[(2 * i) + 1], StringComparer.Ordinal);

        var fields = listed.Output.Split('\0');
        var objects = new List<UnixObject>();
        for (var i = 0; i + 9 < fields.Length; i += 9)
        {
            var path = fields[i];
            var mode = int.Parse(fields[i + 1], NumberStyles.HexNumber);
            var kind = (mode >> 12) switch { 1 => 'p', 2 => 'c', 4 => 'd', 6 => 'b', 8 => 'f', 10 => 'l', _ => '?' };
            var size = long.Parse(fields[i + 5]);
            var native = Native(root, path);
            objects.Add(new UnixObject
            {
                Path = path[2..],
                Kind = kind,
                Mode = mode & 0xFFF,
                UserId = long.Parse(fields[i + 2]),
                GroupId = long.Parse(fields[i + 3]),
                Time = fields[i + 4],
                Size = kind == 'f' ? size : 0,
                Device = kind is 'c' or 'b' ? fields[i + 6] : "",
                Link = targets.GetValueOrDefault(path, ""),
                Content = kind == 'f' ? Digest(native, size) : "",
                Xattrs = Xattrs(native),
                Allocated = long.Parse(fields[i + 7]) * 512,
                Inode = long.Parse(fields[i + 8]),
            });
        }

        return [.. objects.OrderBy(o => o.Path, StringComparer.Ordinal)];
    }

    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content))[..16];

    public static string Show(IEnumerable<(string Name, byte[] Value)> xattrs) =>
        string.Join(' ', xattrs.OrderBy(x => x.Name, StringComparer.Ordinal).Select(x => $"{x.Name}={Convert.ToHexString(x.Value)}"));

    private static byte[] Native(string root, string path) => [.. Encoding.UTF8.GetBytes(root), (byte)'/', .. Encoding.Latin1.GetBytes(path), 0];

    private static string Digest(byte[] path, long size)
    {
        // Above this only the size is compared; what a huge sparse file holds is checked on its own.
        if (size > 1 << 26) return "huge";
        var descriptor = Open(path, 0);
        if (descriptor < 0) throw new IOException("open failed");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var content = new byte[size];
        for (var at = 0; at < content.Length;) at += RandomAccess.Read(handle, content.AsSpan(at), at) is > 0 and var count ? count : throw new IOException("short file");
        return Hash(content);
    }

    private static string Xattrs(byte[] path)
    {
        var list = new byte[65536];
        var length = ListXattr(path, list, list.Length);
        if (length < 0) throw new IOException("llistxattr failed");
        var names = Encoding.Latin1.GetString(list, 0, (int)length).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return Show(names.Select(name =>
        {
            var value = new byte[65536];
            var count = GetXattr(path, Encoding.Latin1.GetBytes(name + "\0"), value, value.Length);
            return count < 0 ? throw new IOException("lgetxattr failed") : (name, value[..(int)count]);
        }));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "llistxattr", SetLastError = true)]
    private static partial nint ListXattr(byte[] path, byte[] list, nint size);

    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true)]
    private static partial nint GetXattr(byte[] path, byte[] name, byte[] value, nint size);
}
