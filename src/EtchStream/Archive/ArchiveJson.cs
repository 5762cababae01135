using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using EtchStream.Formats;

namespace EtchStream.Archive;

/// <summary>Writes and reads the archive's two JSON members. Generated serializers only: no reflection, the same order everywhere.</summary>
internal static class ArchiveJson
{
    internal static readonly ArchiveJsonContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // The files are read by people too: only what JSON itself demands is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
        IndentSize = 2,
        RespectNullableAnnotations = true,
        // Two members of one name could mean one thing to us and another to the next reader.
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    });

    internal static byte[] Write<T>(T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var bytes = new byte[json.Length + 1];
        json.CopyTo(bytes, 0);
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    internal static T Read<T>(ReadOnlySpan<byte> bytes, string member, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new CorruptFormatException(member, -1, "it holds null");
        }
        catch (JsonException e)
        {
            // The library's messages run over several sentences and name .NET types; the place is what helps.
            var path = string.IsNullOrEmpty(e.Path) ? "$" : e.Path;
            throw new CorruptFormatException(member, -1, $"it is not as an etch archive's has to be, at {path} (line {(e.LineNumber ?? 0) + 1})", e);
        }
    }

    /// <summary>Looks at format and version first: a newer version may differ in everything else.</summary>
    internal static void CheckHeader(ReadOnlySpan<byte> bytes, string member, string format, int version, int maxLength)
    {
        if (bytes.Length > maxLength) throw new CorruptFormatException(member, -1, $"it is longer than {maxLength} bytes");
        var header = Read(bytes, member, Context.FormatHeader);
        if (header.Format != format) throw new CorruptFormatException(member, -1, $"its format is not \"{format}\"");
        if (header.Version < 1) throw new CorruptFormatException(member, -1, $"it says version {header.Version}");
        if (header.Version > version)
        {
            throw new UnsupportedFormatException(
                "archive version",
                $"{member}: the archive is of version {header.Version}, this program reads up to version {version}; use a newer etchstream");
        }
    }
}

/// <summary>The two members that every version of the format has.</summary>
internal sealed class FormatHeader
{
    public required string Format { get; init; }

    public required int Version { get; init; }
}

[JsonSerializable(typeof(FormatHeader))]
[JsonSerializable(typeof(ArchiveManifest))]
[JsonSerializable(typeof(ArchiveTrailer))]
internal sealed partial class ArchiveJsonContext : JsonSerializerContext;
