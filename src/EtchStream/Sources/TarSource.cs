using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Sources;

/// <summary>
/// The entries of a tar archive, compressed or not, taken as they are: owners, times, devices, links, holes, attributes. Only
/// names, and the targets of hard links, which are names too, get the destination in front.
/// </summary>
internal sealed class TarSource(string path, InjectTarget target, OutputGuard guard) : IEntrySource
{
    /// <inheritdoc/>
    public string Kind => "tar";

    /// <inheritdoc/>
    public InjectTarget Target => target;

    /// <inheritdoc/>
    public async Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken)
    {
        guard.Check(path);
        try
        {
            await using var source = TarInput.Open(path);
            var tar = new TarReader(source);
            while (await tar.ReadEntryAsync(cancellationToken).ConfigureAwait(false) is { } entry)
            {
                LinkContent.Refuse(tar, entry);
                await sink.BeginAsync(Rename(entry), cancellationToken).ConfigureAwait(false);
                while (await tar.ReadContentAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } content)
                {
                    await sink.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                }
            }

            // To the end, so that a checksum behind the archive's end is checked too.
            await tar.DrainAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptFormatException e)
        {
            throw new CorruptFormatException($"{path}: {e.Structure}", e.Offset, e.Problem, e);
        }
        catch (UnsupportedFormatException e)
        {
            throw new UnsupportedFormatException(e.Feature, $"{path}: {e.Message}", e);
        }
        catch (UnsafePathException e)
        {
            throw new UnsafePathException($"{path}: {e.Path}", e.Problem);
        }
    }

    private TarEntry Rename(TarEntry entry)
    {
        var name = target.Name(ArchiveNames.Clean(entry.Name));
        if (entry.Kind == FileKind.Directory) name = name[^1] == '/' ? name : [.. name, (byte)'/'];
        else if (name[^1] == '/' || ArchiveNames.Clean(entry.Name).Length == 0) throw new CorruptFormatException("tar header", entry.HeaderOffset, $"the entry '{ArchiveNames.Display(entry.Name)}' has no name, and is no folder");
        return new TarEntry
        {
            Name = name,
            Kind = entry.Kind,
            LinkName = entry.Kind == FileKind.HardLink ? target.Name(LinkTarget(entry)) : entry.LinkName,
            Mode = entry.Mode,
            UserId = entry.UserId,
            GroupId = entry.GroupId,
            ModificationTime = entry.ModificationTime,
            DeviceMajor = entry.DeviceMajor,
            DeviceMinor = entry.DeviceMinor,
            Size = entry.Size,
            DataRuns = entry.DataRuns,
            Xattrs = entry.Xattrs,
            AclAccess = entry.AclAccess,
            AclDefault = entry.AclDefault,
        };
    }

    private static byte[] LinkTarget(TarEntry entry)
    {
        var clean = ArchiveNames.Clean(entry.LinkName);
        return clean.Length > 0 ? clean : throw new CorruptFormatException("tar header", entry.HeaderOffset, $"the hard link '{ArchiveNames.Display(entry.Name)}' leads to the archive's root");
    }
}
