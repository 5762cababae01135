using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Pack.Output;

namespace EtchStream.Pack.Stages;

/// <summary>The last stage: writes the bytes to where they belong.</summary>
internal sealed class OutputStage(IArchiveOutput archive, WaitPoint wait)
{
    /// <summary>Bytes written so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Runs.</summary>
    public async Task RunAsync(ChannelReader<ArchivePiece> input, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var piece in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                using var data = piece.Data!;
                wait.Begin();
                try
                {
                    await archive.WriteAsync(data.Data, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    wait.End();
                }

                Bytes += data.Length;
            }
        }
        finally
        {
            while (input.TryRead(out var left)) left.Data?.Dispose();
        }
    }
}
