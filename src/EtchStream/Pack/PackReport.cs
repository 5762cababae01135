using System.Text.Json.Serialization;
using EtchStream.Archive;

namespace EtchStream.Pack;

/// <summary>What a pack run has done.</summary>
public sealed class PackReport
{
    /// <summary>The archive's first member.</summary>
    public required ArchiveManifest Manifest { get; init; }

    /// <summary>The archive's last member.</summary>
    public required ArchiveTrailer Trailer { get; init; }

    /// <summary>Bytes of the archive, uncompressed.</summary>
    public required long ArchiveBytes { get; init; }

    /// <summary>Bytes that were written to the output: fewer than <see cref="ArchiveBytes"/> when the archive is compressed.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>Bytes of the image that are in the archive; the rest of it reads as zeros.</summary>
    public required long ImageDataBytes { get; init; }

    /// <summary>Bytes of layers, as a registry holds them, that were not fetched because the disk image's store has the layers already.</summary>
    public long ReusedBytes { get; init; }

    /// <summary>Things worth knowing, one line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long it took.</summary>
    [JsonIgnore]
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The same in seconds.</summary>
    public double ElapsedSeconds => Elapsed.TotalSeconds;

    /// <summary>The report as JSON: UTF-8 text, camelCase, members without a value left out.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, PackJson.Default.PackReport);
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PackReport))]
internal sealed partial class PackJson : JsonSerializerContext;
