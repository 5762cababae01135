namespace EtchStream.TestKit;

/// <summary>A stream whose reads return one byte at a time, as a slow pipe may: finds code that takes one read for all of it.</summary>
public sealed class OneByteStream(Stream inner) : ForwardStream(inner)
{
    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Inner.Read(buffer, offset, Math.Min(count, 1));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => Inner.Read(buffer[..Math.Min(buffer.Length, 1)]);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(buffer[..Math.Min(buffer.Length, 1)], cancellationToken);
}
