using EtchStream.Dataflow;

namespace EtchStream.Pack.Stages;

/// <summary>What flows from the archive's writer to the output: bytes, or the question what all bytes before it add up to.</summary>
/// <param name="Data">Bytes. The receiver disposes the buffer.</param>
/// <param name="DigestRequest">To be answered with the SHA-256 of everything before; the bytes that follow do not count any more.</param>
internal readonly record struct ArchivePiece(PooledBuffer? Data, TaskCompletionSource<byte[]>? DigestRequest = null) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Data?.Dispose();
}
