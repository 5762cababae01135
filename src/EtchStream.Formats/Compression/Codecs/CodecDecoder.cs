namespace EtchStream.Formats.Compression.Codecs;

/// <summary>An <see cref="IStreamDecoder"/> made of a codec.</summary>
internal sealed class CodecDecoder(CompressionFormat format, string name, Func<ICodec> create) : IStreamDecoder
{
    public CompressionFormat Format => format;

    public Stream OpenDecoder(Stream compressed, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(compressed);
        return new DecoderStream(compressed, create(), name, leaveOpen);
    }
}
