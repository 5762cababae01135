using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Oci;

namespace EtchStream.Unpack;

/// <summary>
/// A bit that was flipped on the way can look like anything: a feature that is not supported, a path that climbs out, a file that is too
/// large. Before such an error is told, the archive is read on to its trailer: when its digest is not what the trailer says, the archive is
/// damaged, and that is what is wrong with it.
/// </summary>
internal sealed class DamageCheck(ArchiveInput input, ArchiveReadStage read, ChannelByteSource source, ChannelWriter<PooledBuffer> consumed, ArchiveHashStage hash, DemuxStage demux)
{
    // A file is read in no time, but a hostile one may be of any length.
    private const long MaxFile = 32L << 30;

    // What comes over a network can take long, for an error that mostly is what it looks like; and a compressed file may have no end.
    private const long MaxStream = 1L << 30;

    /// <summary>Whether damage can look like this error. Errors that say that the archive is corrupt need no second look.</summary>
    public static bool MayBeTheCause(Exception error) => error is UnsupportedFormatException or UnsafePathException or OutOfSpaceException or PartitionNotFoundException;

    /// <summary>Reads the archive to its end, and compares.</summary>
    /// <param name="error">What was found first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The damage; null where there is none, or where that cannot be told.</returns>
    public async Task<DigestMismatchException?> FindAsync(Exception error, CancellationToken cancellationToken)
    {
        if (hash.IsStopped) return null;
        try
        {
            var search = new TrailerSearch();
            if (demux.Trailer is null) hash.Search(search);
            if (!await source.DrainAsync(input.Path is not null && read.Compression is null ? MaxFile : MaxStream, cancellationToken).ConfigureAwait(false)) return null;
            consumed.TryComplete();
            await hash.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            var trailer = demux.Trailer ?? await search.ReadAsync(cancellationToken).ConfigureAwait(false);
            var actual = demux.Trailer is null ? search.Digest : hash.Digest;
            if (trailer is null || actual is null || Convert.ToHexStringLower(actual) == trailer.Archive.Sha256) return null;
            return TrailerCheck.Damaged(input.Name, trailer, actual, error);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or UnsupportedFormatException)
        {
            // The rest cannot be read: what was found first stands.
            return null;
        }
    }
}
