using System.Collections.Frozen;
using EtchStream.Formats.Compression.Codecs;

namespace EtchStream.Formats.Compression;

/// <summary>A set of decoders, one a format. Immutable.</summary>
public sealed class Decoders
{
    private readonly FrozenDictionary<CompressionFormat, IStreamDecoder> _decoders;

    /// <summary>Makes a set; of two decoders for the same format the later one counts.</summary>
    public Decoders(IEnumerable<IStreamDecoder> decoders)
    {
        ArgumentNullException.ThrowIfNull(decoders);
        var byFormat = new Dictionary<CompressionFormat, IStreamDecoder>();
        foreach (var decoder in decoders) byFormat[decoder.Format] = decoder;
        _decoders = byFormat.ToFrozenDictionary();
    }

    /// <summary>The built-in decoders for all formats.</summary>
    public static Decoders Default { get; } = new(
    [
        new CodecDecoder(CompressionFormat.Gzip, "gzip", static () => new GzipCodec()),
        new CodecDecoder(CompressionFormat.Zstd, "zstd", static () => new ZstdCodec()),
        new CodecDecoder(CompressionFormat.Xz, "xz", static () => new XzCodec()),
        new CodecDecoder(CompressionFormat.Bzip2, "bzip2", static () => new Bzip2Codec()),
        new CodecDecoder(CompressionFormat.Zip, "zip", static () => new ZipCodec()),
    ]);

    /// <summary>This set with <paramref name="decoder"/> in the place of the one for the same format.</summary>
    public Decoders With(IStreamDecoder decoder) => new(_decoders.Values.Append(decoder));

    /// <summary>Opens the decompressed content of a stream; for <see cref="CompressionFormat.None"/> the stream itself.</summary>
    /// <exception cref="UnsupportedFormatException">The set has no decoder for the format, or a system library is missing.</exception>
    public Stream Open(CompressionFormat format, Stream compressed, bool leaveOpen = false)
    {
        if (format == CompressionFormat.None) return compressed;
        return _decoders.TryGetValue(format, out var decoder)
            ? decoder.OpenDecoder(compressed, leaveOpen)
            : throw new UnsupportedFormatException(format.ToString(), $"{format} cannot be decompressed; decompress it with its own tool first");
    }
}
