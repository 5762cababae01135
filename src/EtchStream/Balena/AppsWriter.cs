using System.Buffers;
using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>
/// Writes apps.json the way balena-preload does: four blanks of indent, members sorted by name. Numbers keep their spelling,
/// and text stays UTF-8. The same document gives the same bytes, in whatever order and layout it came.
/// </summary>
internal static class AppsWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, IndentSize = 4, NewLine = "\n", Encoder = MinimalJsonEncoder.Instance };

    public static byte[] Write(AppsForm form, bool? pinDevice)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            if (form.Body.IsObject) Write(writer, Members(form, pinDevice));
            else Write(writer, form.Body.Value);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static List<(string Name, JsonElement Value)> Members(AppsForm form, bool? pinDevice)
    {
        var members = Members(form.Body.Value);
        // In a target state that is the device's name, which it gets from the cloud and not from this file.
        if (form.IsWrapped) members.RemoveAll(static member => member.Name == "name");
        if (pinDevice is { } pin)
        {
            members.RemoveAll(static member => member.Name == AppsPin.Member);
            members.Add((AppsPin.Member, JsonElement.Parse(pin ? "true"u8 : "false"u8)));
        }

        return members;
    }

    private static List<(string Name, JsonElement Value)> Members(JsonElement value) => [.. value.EnumerateObject().Select(member => (member.Name, member.Value))];

    private static void Write(Utf8JsonWriter writer, List<(string Name, JsonElement Value)> members)
    {
        members.Sort(static (x, y) => ScriptOrder.Compare(x.Name, y.Name));
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    // The document's depth is limited, and so is this recursion's.
    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Write(writer, Members(value));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
