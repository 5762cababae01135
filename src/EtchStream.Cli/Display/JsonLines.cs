using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EtchStream.Cli.Display;

/// <summary>Writes JSON objects, one a line, each with the version of their schema. From any thread.</summary>
internal sealed class JsonLines(TextWriter writer)
{
    /// <summary>Version of the schema, docs/progress.schema.json. Members may be added to it; what is there keeps its meaning.</summary>
    public const int Version = 1;

    private readonly Lock _gate = new();

    /// <summary>Writes one.</summary>
    /// <param name="kind">What it tells.</param>
    /// <param name="write">Writes its members.</param>
    public void Write(string kind, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("event", kind);
            write(json);
            json.WriteEndObject();
        }

        var line = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        lock (_gate)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }
}
