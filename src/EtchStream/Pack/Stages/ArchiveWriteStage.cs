using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Archive.Signing;
using EtchStream.Formats.Tar;

namespace EtchStream.Pack.Stages;

/// <summary>Writes the members as a tar archive, and behind them, when the digests of all that and of the image are known, the trailer.</summary>
internal sealed class ArchiveWriteStage(PartitionTally tally, Task<TrailerDigest?> imageDigest, SigningKey? key = null)
{
    /// <summary>The trailer; set at the end.</summary>
    public ArchiveTrailer? Trailer { get; private set; }

    /// <summary>Bytes of the whole archive; set at the end.</summary>
    public long ArchiveBytes { get; private set; }

    /// <summary>Runs.</summary>
    public async Task RunAsync(ChannelReader<PackItem> input, ChannelWriter<ArchivePiece> output, CancellationToken cancellationToken)
    {
        await using var stream = new PieceStream(output);
        await using var tar = new TarWriter(stream, leaveOpen: true);
        try
        {
            await foreach (var item in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using var data = item.Data;
                if (data is not null)
                {
                    await (item.IsSegment ? tar.WriteMembersAsync(data.Data, cancellationToken) : tar.WriteContentAsync(data.Data, cancellationToken)).ConfigureAwait(false);
                    continue;
                }

                if (item.Totals is not null)
                {
                    tally.Add(item.Totals);
                    continue;
                }

                tally.Add(item.Entry!);
                await tar.WriteEntryAsync(item.Entry!, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            while (input.TryRead(out var left)) left.Data?.Dispose();
        }

        // What the digest covers must be on its way before the question is.
        await tar.FlushAsync(cancellationToken).ConfigureAwait(false);
        var position = tar.Position;
        var request = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await output.WriteAsync(new ArchivePiece(null, request), cancellationToken).ConfigureAwait(false);
        var digest = await request.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

        // Where its stage fails it never comes; this one is cancelled then.
        var image = await imageDigest.WaitAsync(cancellationToken).ConfigureAwait(false);
        Trailer = new ArchiveTrailer
        {
            Archive = TrailerDigest.Create(digest, position),
            Image = image,
            Partitions = tally.ToList(),
        };
        var bytes = Trailer.ToBytes();
        await tar.WriteEntryAsync(SourceStage.JsonMember(ArchiveNames.Trailer, bytes.Length), cancellationToken).ConfigureAwait(false);
        await tar.WriteContentAsync(bytes, cancellationToken).ConfigureAwait(false);
        if (key is not null)
        {
            var signature = key.Sign(bytes);
            await tar.WriteEntryAsync(SourceStage.JsonMember(ArchiveNames.Signature, signature.Length), cancellationToken).ConfigureAwait(false);
            await tar.WriteContentAsync(signature, cancellationToken).ConfigureAwait(false);
        }

        await tar.FinishAsync(cancellationToken).ConfigureAwait(false);
        ArchiveBytes = tar.Position;
    }
}
