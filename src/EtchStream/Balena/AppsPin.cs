using System.Text.Json;

namespace EtchStream.Balena;

/// <summary><c>pinDevice</c>: the device stays on the release it was preloaded with.</summary>
internal static class AppsPin
{
    /// <summary>The member's name.</summary>
    public const string Member = "pinDevice";

    /// <summary>
    /// Whether there is a release to pin to: the supervisor takes the first app of class fleet, which is the default, and in
    /// silence does nothing where there is none. Every app of a valid document has a release.
    /// </summary>
    public static bool IsPossible(AppsForm form) => form.Version switch
    {
        AppsVersion.V1 => false,
        AppsVersion.V2 => true,
        _ => form.Body.Value.TryGetProperty("apps", out var apps) && apps.ValueKind == JsonValueKind.Object && apps.EnumerateObject().Any(app => IsFleet(app.Value)),
    };

    /// <summary>Refuses a request that the device would not carry out.</summary>
    public static void Check(AppsForm form, string document)
    {
        if (IsPossible(form)) return;
        throw form.Version == AppsVersion.V1
            ? new InvalidAppsException(document, form.Body.Path.Text, "a v1 file has no pinDevice; pinning needs a supervisor from 7 on and the v2 or v3 form")
            : new InvalidAppsException(document, form.Body.Path.Member("apps").Text, "pinDevice needs an app of class fleet with a release, and there is none");
    }

    private static bool IsFleet(JsonElement app) => !app.TryGetProperty("class", out var kind) || kind.ValueKind == JsonValueKind.Null || kind.ValueEquals("fleet"u8);
}
