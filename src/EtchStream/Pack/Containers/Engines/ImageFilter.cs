using System.Text.Json;
using EtchStream.Balena;
using EtchStream.Formats.Unix;
using EtchStream.Oci;

namespace EtchStream.Pack.Containers.Engines;

/// <summary>
/// Which images a file names: what <c>docker image inspect</c> or <c>docker inspect</c> of images and containers printed, or an apps.json.
/// </summary>
internal static class ImageFilter
{
    /// <summary>The longest file that is read: 64 MiB.</summary>
    private const int MaxLength = 64 << 20;

    /// <summary>Reads a file.</summary>
    /// <returns>For each image its name or ID as the file has it, in the file's order.</returns>
    /// <exception cref="CorruptImageException">It is neither form.</exception>
    /// <exception cref="InvalidAppsException">It is an apps.json that breaks a rule.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > MaxLength) throw new CorruptImageException(path, $"a list of images of more than {MaxLength >> 20} MiB is none");
        var content = await FileFailure.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return ReadInspected(content, path) ?? [.. AppsDocument.Parse(content, path).Services.Select(s => s.Image).Distinct(StringComparer.Ordinal)];
    }

    // An apps.json of the oldest form is an array too; its members have no Id.
    private static List<string>? ReadInspected(byte[] content, string path)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content);
        }
        catch (JsonException e)
        {
            throw new CorruptImageException(path, $"it is not JSON (line {(e.LineNumber ?? 0) + 1}); it has to be what 'docker image inspect' prints, or an apps.json", e);
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() == 0) return null;
            var images = new List<string>();
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || Text(item, "Id") is not { } id) return null;

                // A container says what it was made of in Image.
                var image = Text(item, "Image") ?? id;
                if (!Digest.TryParse(image, out _)) throw new CorruptImageException(path, $"'{PathText.Of(System.Text.Encoding.UTF8.GetBytes(image))}' is not an image's ID");
                if (!images.Contains(image)) images.Add(image);
            }

            return images;
        }
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
