using EtchStream.Formats;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Sources;

/// <summary>
/// Hard links that bring content of their own ("pax -o linkdata"). It should be a copy of what the link's target has, but nothing says
/// that it is: to pass over it could lose data in silence, and to write it would make two files of one.
/// </summary>
internal static class LinkContent
{
    /// <summary>Refuses such an entry. To be asked before its content is read.</summary>
    /// <exception cref="UnsupportedFormatException">It is one.</exception>
    public static void Refuse(TarReader archive, TarEntry entry)
    {
        if (entry.Kind != FileKind.HardLink || archive.ContentRemaining == 0) return;
        throw new UnsupportedFormatException("hard link with content", $"{PathText.Of(entry.Name)}: the hard link has content of its own; make the archive with GNU tar or bsdtar");
    }
}
