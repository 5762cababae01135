using System.Text.Json.Serialization;

namespace EtchStream.Check;

/// <summary>What a check of a disk image found.</summary>
public sealed class CheckReport
{
    /// <summary>The image as the user named it.</summary>
    public required string Image { get; init; }

    /// <summary>Whether nothing of severity error was found.</summary>
    public bool IsGood => Errors == 0;

    /// <summary>Findings of severity error.</summary>
    public int Errors => Findings.Count(f => f.Severity == CheckSeverity.Error);

    /// <summary>Findings of severity warning.</summary>
    public int Warnings => Findings.Count(f => f.Severity == CheckSeverity.Warning);

    /// <summary>What is not as it should be, in the order of the disk.</summary>
    public required IReadOnlyList<CheckFinding> Findings { get; init; }

    /// <summary>What was checked.</summary>
    public required IReadOnlyList<CheckedPartition> Partitions { get; init; }

    /// <summary>The report as JSON: UTF-8 text, camelCase, members without a value left out.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, CheckJson.Default.CheckReport);
}

/// <summary>One partition that was checked.</summary>
/// <param name="Number">Its number as the kernel counts; 0 for a file system that fills the whole disk.</param>
/// <param name="Label">Its label or name in the GPT; null where there is none.</param>
/// <param name="FileSystem">Type of its file system; null where none is known, and nothing was checked.</param>
/// <param name="Size">Bytes of the partition.</param>
/// <param name="FreeBytes">Bytes that are free in the file system; null where that is not known.</param>
/// <param name="Images">Container images in an engine's store on it; null without a store.</param>
/// <param name="Layers">Layers in that store, each of which was rebuilt and compared; null without a store.</param>
public sealed record CheckedPartition(int Number, string? Label, string? FileSystem, long Size, long? FreeBytes, int? Images, int? Layers);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext;
