using System.Text.Json;
using EtchStream.Engine;
using EtchStream.Sources;
using EtchStream.Trees;

namespace EtchStream.Check;

/// <summary>What lies on a partition that a device's software reads.</summary>
internal static class ContentCheck
{
    private const string DataLabel = "resin-data";
    private const string Config = "config.json";
    private const int MaxConfig = 1 << 20;

    /// <summary>Checks what is there.</summary>
    /// <returns>How many images and layers the engine's store there has; null without a store.</returns>
    public static (int Images, int Layers)? Run(IFileTree tree, string place, string? label, DeviceFacts device, CheckRun run)
    {
        using var owned = tree;
        if (label is not null && BootFiles.Labels.Contains(label, StringComparer.Ordinal)) run.Try(place, () => CheckConfig(tree, place, run));
        StoreReader? store = null;
        run.Try(place, () => store = StoreReader.FindRoot(tree) is { } root ? new StoreReader(tree, root) : null);
        StoreCheck? checkedStore = null;
        if (store is not null)
        {
            checkedStore = new StoreCheck(store, $"{place}, engine {store.ShownRoot}", run);
            checkedStore.Run(device);
        }

        if (label == DataLabel) AppsCheck.Run(tree, checkedStore, place, device, run);
        return checkedStore is null ? null : (checkedStore.ImageCount, checkedStore.LayerCount);
    }

    private static void CheckConfig(IFileTree boot, string place, CheckRun run)
    {
        if (boot.TryRead(Config, MaxConfig) is not { } content) return;
        try
        {
            using var document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object) run.Error(place, $"{Config} is not a JSON object, as a device's configuration has to be");
        }
        catch (JsonException e)
        {
            run.Error(place, $"{Config} is not JSON (line {(e.LineNumber ?? 0) + 1}), and a device that cannot read its configuration does not come up");
        }
    }
}
