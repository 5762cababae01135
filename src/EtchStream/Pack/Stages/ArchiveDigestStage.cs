using System.Security.Cryptography;
using System.Threading.Channels;

namespace EtchStream.Pack.Stages;

/// <summary>Computes the SHA-256 of the archive's bytes as they go by, until it is asked for it.</summary>
internal static class ArchiveDigestStage
{
    /// <summary>Runs.</summary>
    public static async Task RunAsync(ChannelReader<ArchivePiece> input, ChannelWriter<ArchivePiece> output, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isDone = false;
        try
        {
            await foreach (var piece in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (piece.DigestRequest is not null)
                {
                    isDone = true;
                    piece.DigestRequest.SetResult(hash.GetHashAndReset());
                    continue;
                }

                try
                {
                    if (!isDone) hash.AppendData(piece.Data!.Data.Span);
                    await output.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    piece.Data!.Dispose();
                    throw;
                }
            }
        }
        finally
        {
            while (input.TryRead(out var left)) left.Data?.Dispose();
        }
    }
}
