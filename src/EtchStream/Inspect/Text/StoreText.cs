using System.Text;

namespace EtchStream.Inspect.Text;

/// <summary>Prints an engine's store, and what an apps.json asks of it.</summary>
internal static class StoreText
{
    private const string Prefix = "sha256:";
    private const int ShortId = 12; // the digits that engines show
    private const int MaxNames = 20;

    /// <summary>Appends the store: a line of totals, its images, its layers, what is broken.</summary>
    /// <param name="text">The text so far.</param>
    /// <param name="store">The store.</param>
    /// <param name="place">Where it is: <c>partition 6 (resin-data)</c>.</param>
    public static void Append(StringBuilder text, StoreReport store, string place)
    {
        text.Append('\n');
        var sum = store.ImageBytes == store.Bytes ? "" : $", where the images add up to {InspectText.Bytes(store.ImageBytes)}";
        TextTable.Line(text, $"engine {store.Root} on {place}: {Count(store.Images.Count, "image")}, {Count(store.Layers.Count, "layer")}, {InspectText.Bytes(store.Bytes)}{sum}");
        if (store.Images.Count > 0)
        {
            List<string[]> rows = [["IMAGE ID", "SIZE", "LAYERS", "NAMES"]];
            foreach (var image in store.Images) rows.Add([Short(image.ImageId), Size(image.Size), $"{image.Layers.Count}", Names(image)]);
            TextTable.Append(text, rows);
        }

        if (store.Layers.Count > 0)
        {
            text.Append('\n');
            List<string[]> rows = [["LAYER", "DIFF ID", "SIZE", "IMAGES"]];
            foreach (var layer in store.Layers) rows.Add([Short(layer.ChainId), Short(layer.DiffId), layer.IsReused == true ? "(on the disk)" : Size(layer.Size), $"{layer.Images}"]);
            TextTable.Append(text, rows);
        }

        if (store.UnusedLayers > 0) TextTable.Line(text, $"{Count(store.UnusedLayers, "layer")} more of no image");
        foreach (var problem in store.Problems) TextTable.Line(text, $"engine {store.Root}: {problem}");
    }

    /// <summary>Appends an apps.json: its services, and which of them have no image in the store.</summary>
    public static void Append(StringBuilder text, AppsReport apps, string? place)
    {
        text.Append('\n');
        var missing = apps.Services.Count(s => s.IsMissing);
        var without = missing == 0 ? "" : $", {missing} without an image in the store";
        TextTable.Line(text, $"apps.json{(apps.Form is { } form ? $" ({form})" : "")}{(place is null ? "" : $" on {place}")}: {Count(apps.Services.Count, "service")}{without}");
        if (apps.Problem is { } problem) TextTable.Line(text, problem.StartsWith("apps.json", StringComparison.Ordinal) ? problem : $"apps.json: {problem}");
        if (apps.Services.Count == 0) return;
        List<string[]> rows = [["APP", "RELEASE", "SERVICE", "IMAGE ID", "IMAGE"]];
        foreach (var service in apps.Services) rows.Add([service.App, service.Release ?? "-", service.Service ?? "-", service.IsMissing ? "missing" : Short(service.ImageId ?? "-"), service.Image]);
        TextTable.Append(text, rows);
    }

    private static string Names(StoreImageReport image)
    {
        var names = image.Tags.Concat(image.Digests).ToList();
        if (names.Count == 0) return "-";
        return names.Count <= MaxNames ? string.Join(' ', names) : $"{string.Join(' ', names.Take(MaxNames))} and {names.Count - MaxNames} more";
    }

    private static string Short(string id)
    {
        var hex = id.StartsWith(Prefix, StringComparison.Ordinal) ? id[Prefix.Length..] : id;
        return hex.Length > ShortId ? hex[..ShortId] : hex;
    }

    private static string Size(long? size) => size is { } bytes ? InspectText.Bytes(bytes) : "-";

    private static string Count(int count, string one) => $"{count} {one}{(count == 1 ? "" : "s")}";
}
