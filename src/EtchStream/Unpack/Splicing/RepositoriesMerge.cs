using System.Text.Json;
using EtchStream.Engine;
using EtchStream.Formats;

namespace EtchStream.Unpack.Splicing;

/// <summary>
/// Adds the images that an archive brings to those that an engine's <c>repositories.json</c> names already: a device without its
/// supervisor's entry there would pull its supervisor anew.
/// </summary>
internal static class RepositoriesMerge
{
    /// <summary>The longest file of either side: 16 MiB, some hundred thousand references.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Makes the file that holds both.</summary>
    /// <param name="existing">The partition's file, null where there is none.</param>
    /// <param name="added">The archive's member; it wins where both name the same reference.</param>
    /// <exception cref="CorruptFormatException">One of the two is no such file.</exception>
    public static byte[] Merge(byte[]? existing, byte[] added)
    {
        var merged = existing is null
            ? new RepositoriesFile()
            : Parse(existing, "the engine's list of images in the disk image", "repair or delete it there");
        merged.Add(Parse(added, "the list of images that the archive brings", "make the archive anew with 'etchstream pack'"));
        return merged.ToBytes();
    }

    private static RepositoriesFile Parse(byte[] json, string structure, string remedy)
    {
        try
        {
            return RepositoriesFile.Parse(json);
        }
        catch (JsonException e)
        {
            throw new CorruptFormatException(structure, -1, $"it is not JSON as an engine writes it{Place(e)}; {remedy}", e);
        }
        catch (InvalidOperationException e)
        {
            // Text that is no Unicode: the reader has this error for it.
            throw new CorruptFormatException(structure, -1, $"it holds text that is not UTF-8; {remedy}", e);
        }
    }

    private static string Place(JsonException e) => e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
}
