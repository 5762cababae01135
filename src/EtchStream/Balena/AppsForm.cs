using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>Which form a document has, and where in it the apps.json proper stands.</summary>
/// <param name="Version">The form.</param>
/// <param name="Body">The document without its wrapper.</param>
/// <param name="IsWrapped">Whether it stood in a device's target state.</param>
internal sealed record AppsForm(AppsVersion Version, AppsNode Body, bool IsWrapped)
{
    /// <summary>Tells the form. Null where it is none, which is reported.</summary>
    public static AppsForm? Of(AppsNode root)
    {
        switch (root.Value.ValueKind)
        {
            case JsonValueKind.Array:
                return new AppsForm(AppsVersion.V1, root, IsWrapped: false);
            case JsonValueKind.Object:
                break;
            default:
                root.Problem("the document has to be an object (v2, v3, a device's target state) or an array (v1)");
                return null;
        }

        if (root.Has("apps")) return Of(root, isWrapped: false);
        // The v2 endpoint's form. What stands in dependent are apps for other devices, which no apps.json holds.
        var hasDependent = root.Has("local") && root.Has("dependent");
        // Not config: a variable may be called apps.
        var devices = root.Members
            .Where(member => member.Name is not ("config" or "pinDevice") && !(hasDependent && member.Name == "dependent") && member.Node.Has("apps"))
            .Take(2).ToList();
        var isAlone = root.Value.GetPropertyCount() == (hasDependent ? 2 : 1);

        switch (devices.Count)
        {
            case 0:
                // Neither apps nor a device: nothing but config, or nothing at all. The supervisor's defaults make that valid.
                return Of(root, isWrapped: false);
            case 1 when isAlone:
                return Of(devices[0].Node, isWrapped: true);
            case 1:
                root.Problem($"the document is ambiguous: it has no apps, and beside the device's target state at {devices[0].Node.Path} stand other members; keep only what is at {devices[0].Node.Path}");
                return null;
            default:
                root.Problem($"the document is ambiguous: it holds target states of several devices, at {devices[0].Node.Path} and {devices[1].Node.Path}; keep the one that is meant");
                return null;
        }
    }

    /// <summary>
    /// One numeric key makes the supervisor read the whole file as v2, and then it fails on the others
    /// (balena-supervisor 19.0.5, src/device-state/preload.ts, loadTargetFromFile).
    /// </summary>
    private static AppsForm? Of(AppsNode body, bool isWrapped)
    {
        if (!body.Value.TryGetProperty("apps", out var apps) || apps.ValueKind != JsonValueKind.Object) return new AppsForm(AppsVersion.V3, body, isWrapped);
        var path = body.Path.Member("apps");
        string? numeric = null;
        string? other = null;
        foreach (var app in apps.EnumerateObject())
        {
            if (SupervisorNumber.IsIdentifier(app.Name)) numeric ??= app.Name;
            else other ??= app.Name;
        }

        if (numeric is not null && other is not null)
        {
            body.Report.Problem(
                path.Member(other),
                $"the keys of apps have to be all UUIDs (v3) or all numeric app IDs (v2); {path.Member(numeric)} is numeric, so the supervisor takes the whole file for v2");
            return null;
        }

        return new AppsForm(numeric is null ? AppsVersion.V3 : AppsVersion.V2, body, isWrapped);
    }
}
