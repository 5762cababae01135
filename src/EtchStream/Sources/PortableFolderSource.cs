using System.Text;

namespace EtchStream.Sources;

/// <summary>A folder's content, on systems whose own attributes do not fit into a Unix file system. Same order as everywhere: by the bytes of the names, a folder before what is in it. No link is followed.</summary>
internal sealed class PortableFolderSource(string root, InjectTarget target, OutputGuard guard) : IEntrySource
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    /// <inheritdoc/>
    public string Kind => "folder";

    /// <inheritdoc/>
    public InjectTarget Target => target;

    /// <inheritdoc/>
    public async Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken)
    {
        if (target.Destination.Length > 0) await sink.BeginAsync(PortableEntries.Describe([.. target.Name([]), (byte)'/'], new DirectoryInfo(root)), cancellationToken).ConfigureAwait(false);
        var pending = new Stack<(FileSystemInfo Info, byte[] Relative)>();
        PushChildren(pending, new DirectoryInfo(root), []);
        while (pending.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (info, relative) = next;
            var name = target.Name(relative);
            if (info.LinkTarget is { } link)
            {
                await sink.BeginAsync(PortableEntries.Describe(name, info, Encoding.UTF8.GetBytes(link)), cancellationToken).ConfigureAwait(false);
            }
            else if (info is DirectoryInfo folder)
            {
                await sink.BeginAsync(PortableEntries.Describe([.. name, (byte)'/'], folder), cancellationToken).ConfigureAwait(false);
                PushChildren(pending, folder, [.. relative, (byte)'/']);
            }
            else
            {
                guard.Check(info.FullName);
                await PortableEntries.EmitFileAsync((FileInfo)info, name, sink, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static void PushChildren(Stack<(FileSystemInfo Info, byte[] Relative)> pending, DirectoryInfo folder, byte[] prefix)
    {
        var children = folder.EnumerateFileSystemInfos("*", All).Select(i => (Info: i, Name: Encoding.UTF8.GetBytes(i.Name))).ToList();

        // The last one pushed comes first.
        children.Sort(static (a, b) => b.Name.AsSpan().SequenceCompareTo(a.Name));
        foreach (var (info, name) in children) pending.Push((info, [.. prefix, .. name]));
    }
}
