using System.Text;
using System.Text.Json;
using EtchStream.Formats;
using EtchStream.Trees;

namespace EtchStream.Balena;

/// <summary>
/// What board a balenaOS disk image is for: <c>device-type.json</c> at the root of its boot partition.
/// </summary>
/// <param name="Slug">Name of the device type: <c>raspberrypi4-64</c>.</param>
/// <param name="Architecture">Its architecture in balena's words: <c>aarch64</c>, <c>armv7hf</c>, <c>rpi</c>, <c>amd64</c>, <c>i386</c>, <c>i386-nlp</c>.</param>
internal sealed record DeviceType(string Slug, string Architecture)
{
    /// <summary>Its path from the boot partition's root.</summary>
    public const string Path = "device-type.json";

    private const int MaxLength = 1 << 20;

    /// <summary>
    /// The platforms whose images run there, the board's own first, in Docker's words. A 64-bit board runs 32-bit images of its own
    /// family too, as balena lets a fleet of one kind have devices of the other. Empty for an architecture that is not known.
    /// </summary>
    public IReadOnlyList<string> Platforms => Architecture switch
    {
        "aarch64" => ["linux/arm64", "linux/arm/v7"],
        "armv7hf" => ["linux/arm/v7"],
        "rpi" => ["linux/arm/v6"],
        "amd64" => ["linux/amd64", "linux/386"],
        "i386" or "i386-nlp" => ["linux/386"],
        _ => [],
    };

    /// <summary>Reads it.</summary>
    /// <returns>Null where there is none, or it says nothing of an architecture.</returns>
    /// <exception cref="CorruptFormatException">It is no JSON object.</exception>
    public static DeviceType? TryRead(IFileTree bootPartition)
    {
        if (bootPartition.TryRead(Path, MaxLength) is not { } content) return null;
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetString(content));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Broken(bootPartition, null);
            return Text(root, "arch") is { } architecture ? new DeviceType(Text(root, "slug") ?? "a device without a name", architecture) : null;
        }
        catch (JsonException e)
        {
            throw Broken(bootPartition, e);
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static CorruptFormatException Broken(IFileTree tree, JsonException? inner) => new($"{tree.Name}, {Path}", -1, "it is not a JSON object, so it does not tell which architecture the board has", inner);
}
