using System.Text;
using EtchStream.Browse;
using EtchStream.Formats;

namespace EtchStream.Cli.Verbs;

/// <summary>A file and a place in one of its partitions, as <c>ls</c>, <c>cat</c> and <c>extract</c> take them.</summary>
internal static class LocationArgument
{
    public const string FileHelp = "A raw disk image, a block device, or an archive that is not compressed; told by its content.";
    public const string LocationHelp = "The partition, by number or label, and the path in it: resin-data:/apps.json, 6:/docker.";

    /// <summary>Opens the partition.</summary>
    /// <param name="verb">The verb's name, for its complaint.</param>
    /// <param name="file">The first argument.</param>
    /// <param name="location">The second one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<(ImageBrowser Browser, byte[] Path)> OpenAsync(string verb, string? file, string? location, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(file)) throw new UsageException($"the image or archive is missing: etchstream {verb} FILE PARTITION:/PATH");
        if (file == "-") throw new UsageException("it is read by position, which standard input cannot be; name a file");
        if (string.IsNullOrEmpty(location))
        {
            var partitions = ImageBrowser.Describe(file);
            throw new UsageException($"the place in it is missing: etchstream {verb} {file} PARTITION:/PATH{(partitions is null ? "" : $"; {partitions}")}");
        }

        var colon = location.IndexOf(':', StringComparison.Ordinal);
        var partition = colon < 0 ? location : location[..colon];
        if (partition.Length == 0) throw new UsageException($"'{location}': a partition's number or label is expected before the colon");
        try
        {
            return (await ImageBrowser.OpenAsync(file, partition, cancellationToken).ConfigureAwait(false), Encoding.UTF8.GetBytes(colon < 0 ? "" : location[(colon + 1)..]));
        }
        catch (PartitionNotFoundException e)
        {
            throw new UsageException(e.Message, e);
        }
    }
}
