using System.Runtime.Versioning;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Trees;

/// <summary>The files of a folder on Linux. Each part of a path is opened from the one before it, so that no link in the folder leads out of it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class FolderTree : IFileTree
{
    private const int NotADirectory = 20;
    private const int TooManyLinks = 40;

    private readonly SafeFileHandle _root;

    /// <summary>Opens a folder; links on the way to it are followed.</summary>
    public FolderTree(string path)
    {
        _root = LinuxFile.Open(path, LinuxCalls.Directory);
        Name = path;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public TreeEntry? Find(ReadOnlySpan<byte> path)
    {
        using var handle = TryOpen(path, LinuxCalls.PathOnly);
        if (handle is null) return null;
        var status = LinuxFile.Status(handle, Shown(path));
        var link = status.Kind == FileKind.SymbolicLink ? LinuxFile.ReadLink(handle, Shown(path)) : null;
        return new TreeEntry(status.Kind, status.Kind == FileKind.File ? status.Size : 0, link, path.ToArray());
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path)
    {
        using var handle = TryOpen(path, LinuxCalls.PathOnly | LinuxCalls.Directory);
        return handle is null ? [] : [.. LinuxFile.List(handle, Shown(path)).Select(name => name[..^1])];
    }

    /// <inheritdoc/>
    public Stream Open(TreeEntry file)
    {
        var path = (byte[])file.Handle;
        var handle = TryOpen(path, LinuxCalls.NonBlock) ?? throw new IOException($"{Shown(path)}: it is gone; the tree must not be in use");
        try
        {
            var status = LinuxFile.Status(handle, Shown(path));
            if (status.Kind != FileKind.File) throw new IOException($"{Shown(path)}: it was replaced; the tree must not be in use");
            return new FileStream(handle, FileAccess.Read, bufferSize: 0);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    private SafeFileHandle? TryOpen(ReadOnlySpan<byte> path, int flags)
    {
        // No name has one, and the system would take the path for a shorter one.
        if (path.Contains((byte)0)) return null;
        SafeFileHandle? folder = null;
        var shown = Shown(path);
        try
        {
            while (NextPart(ref path) is { } part)
            {
                var isLast = path.IndexOfAnyExcept((byte)'/') < 0;
                var next = LinuxFile.OpenAt(folder ?? _root, part, LinuxCalls.NoFollow | (isLast ? flags : LinuxCalls.PathOnly | LinuxCalls.Directory), shown);
                folder?.Dispose();
                folder = next;
            }

            return folder ?? LinuxFile.OpenAt(_root, [(byte)'.', 0], flags | LinuxCalls.Directory, shown);
        }
        catch (IOException e)
        {
            folder?.Dispose();
            if (e is FileNotFoundException || e.HResult is NotADirectory or TooManyLinks) return null;
            throw;
        }
    }

    /// <summary>Takes the next part off a path, with a closing zero.</summary>
    private static byte[]? NextPart(ref ReadOnlySpan<byte> path)
    {
        path = path.TrimStart((byte)'/');
        if (path.IsEmpty) return null;
        var slash = path.IndexOf((byte)'/');
        var part = slash < 0 ? path : path[..slash];
        path = slash < 0 ? default : path[slash..];

        // The parent of the root lies outside.
        return part.SequenceEqual(".."u8) ? throw new Formats.UnsafePathException("..", "a path of a tree has no such part") : [.. part, 0];
    }

    private string Shown(ReadOnlySpan<byte> path) => $"{Name}/{PathText.Of(path)}";
}
