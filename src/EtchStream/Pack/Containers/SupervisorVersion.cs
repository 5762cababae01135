using System.Text.Json;
using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Pack.Containers;

/// <summary>Which version of the supervisor an image is: the device's scripts find it by a tag that is made of it.</summary>
internal static class SupervisorVersion
{
    private const string Label = "org.opencontainers.image.version";

    /// <summary>Tells the version: as the user says it, by the image's tag, by its label.</summary>
    /// <exception cref="UnsupportedImageException">None of them does.</exception>
    public static string Of(string? wanted, ImageLocation location, ImageConfig config)
    {
        var version = wanted ?? (IsVersion(location.Reference?.Tag) ? location.Reference!.Tag! : LabelOf(config));
        return version is not null && IsVersion(version)
            ? version
            : throw new UnsupportedImageException(
                "supervisor version", $"{location}: neither its tag nor its label {Label} tells which version of the supervisor it is; say it with --supervisor-version");
    }

    /// <summary>Whether a text is a version, with or without a <c>v</c> in front, that can be a tag.</summary>
    public static bool IsVersion(string? text)
    {
        var digits = text?.StartsWith('v') == true ? text.AsSpan(1) : text.AsSpan();
        var dot = digits.IndexOf('.');
        return dot > 0 && !digits[..dot].ContainsAnyExceptInRange('0', '9') && digits.Length > dot + 1 && char.IsAsciiDigit(digits[dot + 1])
            && ImageReference.TryParse($"balena_supervisor:{text}", out _);
    }

    private static string? LabelOf(ImageConfig config)
    {
        using var document = JsonDocument.Parse(config.Content);
        return document.RootElement.TryGetProperty("config", out var inner) && inner.ValueKind == JsonValueKind.Object
            && inner.TryGetProperty("Labels", out var labels) && labels.ValueKind == JsonValueKind.Object
            && labels.TryGetProperty(Label, out var version) && version.ValueKind == JsonValueKind.String
            ? version.GetString()
            : null;
    }
}
