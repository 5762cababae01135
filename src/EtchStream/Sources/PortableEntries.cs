using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Sources;

/// <summary>
/// Members from what .NET tells of files on every system: folders 0755, files 0644, owner root, no extended attributes, no holes.
/// </summary>
internal static class PortableEntries
{
    private const int FileMode = 0x1A4;
    private const int FolderMode = 0x1ED;
    private const int LinkMode = 0x1FF;

    /// <summary>A folder, or a link with its target.</summary>
    public static TarEntry Describe(byte[] name, FileSystemInfo info, byte[]? link = null) => new()
    {
        Name = name,
        Kind = link is null ? FileKind.Directory : FileKind.SymbolicLink,
        Mode = link is null ? FolderMode : LinkMode,
        LinkName = link ?? [],
        ModificationTime = Time(info),
    };

    /// <summary>Hands on a regular file.</summary>
    public static async Task EmitFileAsync(FileInfo info, byte[] name, IEntrySink sink, CancellationToken cancellationToken)
    {
        using var file = SourcePath.OpenFile(info.FullName);
        var size = RandomAccess.GetLength(file);
        var entry = new TarEntry { Name = name, Kind = FileKind.File, Mode = FileMode, Size = size, ModificationTime = Time(info) };
        await sink.BeginAsync(entry, cancellationToken).ConfigureAwait(false);
        await ContentReader.EmitAsync(file, size, runs: null, info.FullName, sink, cancellationToken).ConfigureAwait(false);
        info.Refresh();
        if (Time(info) != entry.ModificationTime) throw new IOException($"{info.FullName}: it was changed while it was read; take a tree that nobody writes to");
    }

    private static UnixTime Time(FileSystemInfo info)
    {
        var ticks = info.LastWriteTimeUtc.Ticks - DateTime.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        return new UnixTime(seconds, (int)rest * 100);
    }
}
