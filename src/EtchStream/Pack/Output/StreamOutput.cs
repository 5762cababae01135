namespace EtchStream.Pack.Output;

/// <summary>An archive that goes into a stream: a pipe, or a device that takes bytes.</summary>
internal sealed class StreamOutput(Stream stream, bool ownsStream) : IArchiveOutput
{
    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken) => await stream.FlushAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ownsStream ? stream.DisposeAsync() : ValueTask.CompletedTask;
}
