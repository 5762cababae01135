using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>
/// The v3 form, from supervisor 13 on: <c>{apps: {"uuid": {id, name, class, is_host, releases: {"commit": {id, services,
/// volumes, networks}}}}, config, pinDevice}</c>.
/// </summary>
/// <remarks>
/// The rules are those of the decoder that a supervisor runs over the file (balena-supervisor 19.0.5, src/types/state.ts,
/// AppsJsonFormat). It lets members pass that it does not know. Where it has a default, null stands for absent; where it has
/// none, as for <c>composition</c>, <c>contract</c>, <c>is_host</c>, <c>parent_app</c> and <c>pinDevice</c>, null is refused.
/// It would take an array for a volume, network or contract; no supervisor can use one, so it is refused here.
/// </remarks>
internal static class AppsRulesV3
{
    public static void Check(AppsNode body)
    {
        body.Variables("config", Presence.Defaulted, SupervisorNames.Config);
        body.Boolean("pinDevice", Presence.Optional);
        if (body.Object("apps", Presence.Defaulted, "it has to be an object with the apps by UUID") is not { } apps) return;
        foreach (var (uuid, app) in apps.Members)
        {
            CheckKey(uuid, app, "an app's UUID");
            if (app.CheckObject()) CheckApp(uuid, app);
        }
    }

    /// <summary>A release's services, volumes and networks, which are the same in all forms but for the services' content.</summary>
    public static void CheckVolumesAndNetworks(AppsNode parent)
    {
        foreach (var kind in (ReadOnlySpan<string>)["volumes", "networks"])
        {
            if (parent.Object(kind, Presence.Defaulted) is not { } items) continue;
            foreach (var (name, item) in items.Members)
            {
                if (!SupervisorNames.Docker.Allow(name)) item.Problem(SupervisorNames.Docker.Rule);
                item.CheckObject();
            }
        }
    }

    /// <summary>What services have in v2 and v3.</summary>
    public static void CheckServiceBasics(AppsNode service)
    {
        service.Variables("environment", Presence.Required, SupervisorNames.Environment);
        service.Variables("labels", Presence.Required, SupervisorNames.Label);
        service.Boolean("running", Presence.Defaulted);
        service.Object("contract", Presence.Optional);
    }

    private static void CheckApp(string uuid, AppsNode app)
    {
        app.Identifier("id");
        var name = app.ShortText("name", Presence.Required);
        if (app.Value.TryGetProperty("class", out var kind) && kind.ValueKind != JsonValueKind.Null && !IsClass(kind))
            app.Report.Problem(app.Path.Member("class"), "an app's class has to be \"fleet\", \"app\" or \"block\"");
        app.Boolean("is_host", Presence.Optional);
        app.ShortText("parent_app", Presence.Optional);

        var hint = app.Has("services") ? "; services directly in the app are the v2 form, whose keys are numeric app IDs" : "";
        if (app.Object("releases", Presence.Required, $"it has to be an object with at least one release, by commit{hint}") is not { } releases) return;
        if (releases.Value.GetPropertyCount() == 0) releases.Problem("an app has to have at least one release");
        AppsWarnings.OfReleases(releases);
        foreach (var (commit, release) in releases.Members)
        {
            CheckKey(commit, release, "a release's commit");
            if (release.CheckObject()) CheckRelease(uuid, name?.Text, commit, release);
        }
    }

    private static bool IsClass(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is "fleet" or "app" or "block";

    private static void CheckRelease(string uuid, string? appName, string commit, AppsNode release)
    {
        release.Identifier("id");
        CheckVolumesAndNetworks(release);
        if (release.Object("services", Presence.Defaulted) is not { } services) return;
        foreach (var (name, service) in services.Members)
        {
            if (!SupervisorNames.Docker.Allow(name)) service.Problem(SupervisorNames.Docker.Rule);
            if (!service.CheckObject()) continue;
            service.Identifier("id");
            service.Identifier("image_id");
            CheckServiceBasics(service);
            service.Object("composition", Presence.Optional);
            if (AppsImage.Of(service, "image") is { } image) release.Report.Services.Add(new AppsService(uuid, appName, commit, name, image.Text, image.Path.Text));
        }
    }

    private static void CheckKey(string key, AppsNode node, string what)
    {
        if (key.Length > SupervisorNames.MaxLength) node.Problem($"{what} has to have at most {SupervisorNames.MaxLength} characters");
    }
}
