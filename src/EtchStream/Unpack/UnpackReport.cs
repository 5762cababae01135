using System.Text.Json.Serialization;
using EtchStream.Unpack.Growth;
using EtchStream.Unpack.Outputs;

namespace EtchStream.Unpack;

/// <summary>What an unpack run has done.</summary>
public sealed class UnpackReport
{
    /// <summary>Bytes of the archive, uncompressed.</summary>
    public required long ArchiveBytes { get; init; }

    /// <summary>SHA-256 of the archive up to its trailer, 64 hexadecimal digits, when it has one. It was equal to what the trailer says.</summary>
    public string? ArchiveDigest { get; init; }

    /// <summary>Whether it has a signature, be it checked or not.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The file of the trusted key that signed it; null where none was asked for.</summary>
    public string? SignedBy { get; init; }

    /// <summary>The archive's compression (<c>gzip</c>, <c>zstd</c>…), null when it has none.</summary>
    public string? ArchiveCompression { get; init; }

    /// <summary>How often the connection to the web server was lost, and the rest came by a new one.</summary>
    public int Resumptions { get; init; }

    /// <summary>Name of the disk image in the archive.</summary>
    public required string ImageName { get; init; }

    /// <summary>The disk image's own compression inside the archive, null when it has none.</summary>
    public string? ImageCompression { get; init; }

    /// <summary>Length of the disk image in bytes, as it was written.</summary>
    public required long ImageSize { get; init; }

    /// <summary>Bytes of the image that were written; the rest are holes.</summary>
    public required long ImageBytesWritten { get; init; }

    /// <summary>All bytes written to the output, image, files and metadata of file systems (without those written in place).</summary>
    public required long BytesWritten { get; init; }

    /// <summary>The partitions that got files, by number.</summary>
    public IReadOnlyList<UnpackedPartition> Partitions { get; init; } = [];

    /// <summary>The partition that became larger, and the image with it; null where none did.</summary>
    public GrownPartition? Grown { get; init; }

    /// <summary>What became of each output, in the order of the options. At least one of them is complete.</summary>
    [JsonIgnore]
    public required IReadOnlyList<OutputResult> Outputs { get; init; }

    // An exception is no JSON, only what it says is.
    [JsonInclude, JsonPropertyName("outputs")]
    internal IReadOnlyList<OutputText> OutputTexts => [.. Outputs.Select(o => new OutputText(o.Path, o.Failure?.Message))];

    /// <summary>Things worth knowing, one line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long it took.</summary>
    [JsonIgnore]
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The same in seconds.</summary>
    public double ElapsedSeconds => Elapsed.TotalSeconds;

    /// <summary>The report as JSON: UTF-8 text, camelCase, members without a value left out.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, UnpackJson.Default.UnpackReport);
}

/// <summary>What was written into one partition.</summary>
/// <param name="Number">Number as the kernel counts.</param>
/// <param name="Label">Label or GPT name, null where there is none.</param>
/// <param name="FileSystem">Type of the file system.</param>
/// <param name="Entries">Members of the archive.</param>
/// <param name="Files">Regular files among them.</param>
/// <param name="Bytes">Bytes of content, holes not counted.</param>
/// <param name="FreeBytes">Free space left in the file system; null where it cannot be told.</param>
public sealed record UnpackedPartition(int Number, string? Label, string FileSystem, long Entries, long Files, long Bytes, long? FreeBytes);

/// <summary>What became of one output, in words.</summary>
internal sealed record OutputText(string Path, string? Error);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UnpackReport))]
internal sealed partial class UnpackJson : JsonSerializerContext;
