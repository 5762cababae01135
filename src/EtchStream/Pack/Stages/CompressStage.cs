using System.Threading.Channels;
using EtchStream.Formats.Compression;

namespace EtchStream.Pack.Stages;

/// <summary>Compresses the archive's bytes.</summary>
internal sealed class CompressStage(PackCompression compression)
{
    /// <summary>Runs.</summary>
    public async Task RunAsync(ChannelReader<ArchivePiece> input, ChannelWriter<ArchivePiece> output, CancellationToken cancellationToken)
    {
        await using var compressed = new PieceStream(output);
        try
        {
            var encoder = compression.Kind == PackCompressionKind.Gzip ? Encoders.Gzip : Encoders.Zstd;

            // Not disposed on an error: that would write an end, and make a whole stream of a broken one.
            var stream = encoder.OpenEncoder(compressed, compression.Level, leaveOpen: true);
            await foreach (var piece in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using var data = piece.Data!;
                await stream.WriteAsync(data.Data, cancellationToken).ConfigureAwait(false);
            }

            await stream.DisposeAsync().ConfigureAwait(false);
            await compressed.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            while (input.TryRead(out var left)) left.Data?.Dispose();
        }
    }
}
