using EtchStream.Formats.IO;
using EtchStream.Sources;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Images;

/// <summary>
/// Finds an image's data: which of its granules hold anything but zeros. Content alone decides, so that a copy on a file system
/// with other holes, or with none, gives the same archive; holes only save the reading.
/// </summary>
internal static class ImageScanner
{
    /// <summary>The unit of the map: small enough to leave out most zeros, large enough to keep map and seeks few.</summary>
    public const int Granularity = 64 * 1024;

    private const int ReadSize = 1 << 20;

    /// <summary>Reads the image once.</summary>
    /// <returns>The stretches of data; null when there are no holes.</returns>
    public static IReadOnlyList<DataRun>? Scan(ImageFile image, EntrySink sink, CancellationToken cancellationToken)
    {
        var runs = new SparseRuns(Granularity, image.Length);
        var buffer = new byte[ReadSize];
        long position = 0;
        while (image.NextData(position) is { } data)
        {
            var start = Math.Max(position, data.Offset - (data.Offset % Granularity));
            sink.Advance(start - position);
            position = start;
            while (position < data.End)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Whole granules, even where the next hole begins inside one.
                var wanted = (int)Math.Min(Math.Min(ReadSize, image.Length - position), RoundUp(data.End - position));
                ContentReader.Fill(image.Handle, position, buffer.AsSpan(0, wanted), image.Path);
                AddGranules(runs, position, buffer.AsSpan(0, wanted));
                position += wanted;
                sink.Advance(wanted);
            }
        }

        return runs.ToMap();
    }

    private static long RoundUp(long count) => count > long.MaxValue - Granularity ? count : (count + Granularity - 1) / Granularity * Granularity;

    private static void AddGranules(SparseRuns runs, long position, ReadOnlySpan<byte> bytes)
    {
        for (var offset = 0; offset < bytes.Length; offset += Granularity)
        {
            var granule = bytes.Slice(offset, Math.Min(Granularity, bytes.Length - offset));
            if (granule.ContainsAnyExcept((byte)0)) runs.Add(position + offset, granule.Length);
        }
    }
}
