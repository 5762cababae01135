namespace EtchStream.Formats.Compression.Codecs;

/// <summary>What an <see cref="EncoderStream"/> hands its bytes to.</summary>
internal interface IEncoderSink : IDisposable
{
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, Stream output, CancellationToken cancellationToken);

    ValueTask FinishAsync(Stream output, CancellationToken cancellationToken);

    void Write(ReadOnlySpan<byte> data, Stream output);

    void Finish(Stream output);
}
