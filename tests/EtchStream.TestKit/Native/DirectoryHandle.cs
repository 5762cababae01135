using System.Text;

namespace EtchStream.TestKit.Native;

/// <summary>An open directory. Paths below it may be longer than the kernel takes in one call.</summary>
internal readonly struct DirectoryHandle : IDisposable
{
    // A path of PATH_MAX bytes or more is walked in pieces of at most this many.
    private const int Piece = 2048;

    private DirectoryHandle(int descriptor) => Descriptor = descriptor;

    public int Descriptor { get; }

    /// <summary>Opens a folder of the host.</summary>
    public static DirectoryHandle Open(string path) => new(OpenPiece(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), noFollow: false));

    /// <summary>Opens a folder below this one; an empty path is this folder itself.</summary>
    public DirectoryHandle Open(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty) return new(OpenPiece(Descriptor, "."u8, noFollow: true));
        var current = -1;
        while (!path.IsEmpty)
        {
            var cut = path.Length <= Piece ? path.Length : path[..Piece].LastIndexOf((byte)'/');
            var next = OpenPiece(current < 0 ? Descriptor : current, path[..cut], noFollow: true);
            if (current >= 0) _ = Libc.Close(current);
            current = next;
            path = path[cut..].TrimStart((byte)'/');
        }

        return new(current);
    }

    public void Dispose() => _ = Libc.Close(Descriptor);

    /// <summary>A zero-terminated path by which this directory's object <paramref name="name"/> is reached however deep the directory lies.</summary>
    public byte[] PathOf(ReadOnlySpan<byte> name)
    {
        var prefix = Encoding.ASCII.GetBytes($"/proc/self/fd/{Descriptor}/");
        return [.. prefix, .. name, 0];
    }

    private static int OpenPiece(int folder, ReadOnlySpan<byte> path, bool noFollow)
    {
        byte[] name = [.. path, 0];
        var flags = Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec | (noFollow ? Libc.NoFollow : 0);
        var descriptor = Libc.OpenAt(folder, name, flags, 0);
        return descriptor >= 0 ? descriptor : throw Libc.Failure($"open folder {TreeText.Show(path)}");
    }
}
