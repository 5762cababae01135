using System.Runtime.Versioning;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Sources.Linux;

/// <summary>
/// A folder's content: each folder before what is in it, names in the order of their bytes. No symbolic link is followed, names
/// are bytes of any kind, paths may be longer than PATH_MAX, and the depth costs neither stack nor descriptors.
/// </summary>
/// <remarks>
/// The folder itself gives a member for the destination, with its mode, owner and time; but not where the destination is the
/// partition's root: what the root of a file system is like is not for a folder to say that was made to hold some files.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxFolderSource(string root, InjectTarget target, OutputGuard guard) : IEntrySource
{
    private readonly Dictionary<FileId, byte[]> _firstNames = [];

    /// <inheritdoc/>
    public string Kind => "folder";

    /// <inheritdoc/>
    public InjectTarget Target => target;

    /// <inheritdoc/>
    public async Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken)
    {
        using var walk = new LinuxWalk(root);
        if (target.Destination.Length > 0)
        {
            var self = LinuxEntries.Describe(AsFolder(target.Name([])), walk.FolderStatus, LinuxXattrs.Read(walk.Folder, isPathOnly: false, root));
            await sink.BeginAsync(self, cancellationToken).ConfigureAwait(false);
        }

        while (walk.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await EmitAsync(walk, sink, cancellationToken).ConfigureAwait(false);
        }
    }

    private static byte[] AsFolder(byte[] name) => [.. name, (byte)'/'];

    private async Task EmitAsync(LinuxWalk walk, IEntrySink sink, CancellationToken cancellationToken)
    {
        var shown = walk.Shown;
        var status = LinuxFile.StatusAt(walk.Folder, walk.Name, shown);
        var name = target.Name(walk.RelativePath);
        if (status.Kind == FileKind.Directory)
        {
            // Entered first: the attributes that count are those of the very folder whose content follows.
            walk.Enter();
            var folder = LinuxEntries.Describe(AsFolder(name), walk.FolderStatus, LinuxXattrs.Read(walk.Folder, isPathOnly: false, shown));
            await sink.BeginAsync(folder, cancellationToken).ConfigureAwait(false);
            return;
        }

        guard.Check(status.Id, shown);
        if (status.LinkCount > 1 && _firstNames.TryGetValue(status.Id, out var first))
        {
            await sink.BeginAsync(LinuxEntries.DescribeLink(name, status, first), cancellationToken).ConfigureAwait(false);
            return;
        }

        if (status.Kind == FileKind.Socket) throw new UnsupportedFormatException("socket", $"{shown}: it is a socket, which a tar archive cannot hold; remove it, or pack a copy of the folder without it");
        if (status.Kind == FileKind.File) await EmitFileAsync(walk, status, name, shown, sink, cancellationToken).ConfigureAwait(false);
        else await EmitNodeAsync(walk, status, name, shown, sink, cancellationToken).ConfigureAwait(false);
        if (status.LinkCount > 1) _firstNames.Add(status.Id, name);
    }

    private static async Task EmitFileAsync(LinuxWalk walk, FileStatus seen, byte[] name, string shown, IEntrySink sink, CancellationToken cancellationToken)
    {
        using var file = LinuxFile.OpenAt(walk.Folder, walk.Name, LinuxCalls.NoFollow | LinuxCalls.NonBlock, shown);
        var status = LinuxFile.Status(file, shown);
        ThrowIfReplaced(seen, status, shown);
        await LinuxEntries.EmitFileAsync(file, status, name, shown, sink, cancellationToken).ConfigureAwait(false);
    }

    private static async Task EmitNodeAsync(LinuxWalk walk, FileStatus seen, byte[] name, string shown, IEntrySink sink, CancellationToken cancellationToken)
    {
        using var node = LinuxFile.OpenAt(walk.Folder, walk.Name, LinuxCalls.NoFollow | LinuxCalls.PathOnly, shown);
        var status = LinuxFile.Status(node, shown);
        ThrowIfReplaced(seen, status, shown);
        var link = status.Kind == FileKind.SymbolicLink ? LinuxFile.ReadLink(node, shown) : null;
        await sink.BeginAsync(LinuxEntries.Describe(name, status, LinuxXattrs.Read(node, isPathOnly: true, shown), link), cancellationToken).ConfigureAwait(false);
    }

    private static void ThrowIfReplaced(in FileStatus seen, in FileStatus opened, string shown)
    {
        if (seen.Id != opened.Id || seen.Kind != opened.Kind) throw new IOException($"{shown}: it was replaced while the folder was read; take a tree that nobody writes to");
    }
}
