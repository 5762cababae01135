using System.Runtime.Versioning;
using EtchStream.Archive;
using EtchStream.Formats.Unix;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources.Linux;

/// <summary>
/// Walks a tree by descriptors, relative to the folder at hand, so that neither a path's length nor a folder that is swapped
/// for a link on the way can lead it astray.
/// </summary>
/// <remarks>
/// Only the folders nearest to the one at hand stay open. Those further up are closed and found again through <c>..</c> on the
/// way back, which is checked to be the same folder.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxWalk : IDisposable
{
    private const int MaxOpenFolders = 128;

    private static readonly byte[] Parent = [.. "..\0"u8];

    private readonly string _root;
    private readonly List<Level> _levels = [];
    private byte[] _path = new byte[4096];

    /// <summary>Opens the tree.</summary>
    public LinuxWalk(string root)
    {
        _root = root.Length > 1 ? root.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/" : root;
        Push(LinuxFile.Open(root, LinuxCalls.Directory), 0, root);
    }

    /// <summary>The folder at hand.</summary>
    public SafeFileHandle Folder => Top.Handle!;

    /// <summary>What the folder at hand was when it was opened.</summary>
    public FileStatus FolderStatus => Top.Status;

    /// <summary>The current name in the folder at hand, zero-terminated.</summary>
    public byte[] Name => Top.Names[Top.Next - 1];

    /// <summary>The current name's path below the root of the tree.</summary>
    public ReadOnlySpan<byte> RelativePath => _path.AsSpan(0, Top.PathLength + Name.Length - 1);

    /// <summary>The current name's path as a user reads it.</summary>
    public string Shown => (_root == "/" ? "" : _root) + "/" + ArchiveNames.Display(RelativePath);

    private Level Top => _levels[^1];

    /// <summary>Goes on to the next name, out of folders that are done.</summary>
    /// <returns>False at the end of the tree.</returns>
    public bool MoveNext()
    {
        while (true)
        {
            var top = Top;
            if (top.Next < top.Names.Length)
            {
                var name = top.Names[top.Next++].AsSpan()[..^1];
                if (_path.Length < top.PathLength + name.Length + 1) Array.Resize(ref _path, (top.PathLength + name.Length + 1) * 2);
                name.CopyTo(_path.AsSpan(top.PathLength));
                return true;
            }

            if (_levels.Count == 1) return false;
            Pop();
        }
    }

    /// <summary>Makes the current name, which is a folder, the folder at hand.</summary>
    public void Enter()
    {
        var shown = Shown;
        var length = RelativePath.Length;
        var folder = LinuxFile.OpenAt(Folder, Name, LinuxCalls.Directory | LinuxCalls.NoFollow, shown);
        _path[length] = (byte)'/';
        Push(folder, length + 1, shown);
        if (_levels.Count > MaxOpenFolders) _levels[^(MaxOpenFolders + 1)].Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var level in _levels) level.Close();
    }

    private void Push(SafeFileHandle folder, int pathLength, string shown)
    {
        try
        {
            _levels.Add(new Level(folder, LinuxFile.Status(folder, shown), LinuxFile.List(folder, shown), pathLength));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private void Pop()
    {
        var child = Top;
        _levels.RemoveAt(_levels.Count - 1);
        if (Top.Handle is null)
        {
            var shown = _root + "/" + ArchiveNames.Display(_path.AsSpan(0, Math.Max(0, Top.PathLength - 1)));
            var folder = LinuxFile.OpenAt(child.Handle, Parent, LinuxCalls.Directory | LinuxCalls.NoFollow, shown);
            if (LinuxFile.Status(folder, shown).Id != Top.Status.Id)
            {
                folder.Dispose();
                child.Close();
                throw new IOException($"{shown}: it was moved while it was read; take a tree that nobody writes to");
            }

            Top.Handle = folder;
        }

        child.Close();
    }

    private sealed class Level(SafeFileHandle handle, FileStatus status, byte[][] names, int pathLength)
    {
        public SafeFileHandle? Handle { get; set; } = handle;

        public FileStatus Status => status;

        public byte[][] Names => names;

        public int PathLength => pathLength;

        public int Next { get; set; }

        public void Close()
        {
            Handle?.Dispose();
            Handle = null;
        }
    }
}
