namespace EtchStream.Balena;

/// <summary>
/// The v2 form, for supervisors 7 to 12: <c>{apps: {"appId": {name, commit, releaseId, services: {"serviceId": {imageId,
/// serviceName, image, environment, labels, …}}, volumes, networks}}, config, pinDevice}</c>.
/// </summary>
/// <remarks>
/// The rules are those of balena-supervisor 12.11.43 (src/types/state.ts, TargetApp and AppsJsonFormat) together with what the
/// migration of 19.0.5 needs (src/lib/legacy.ts): since 7 all of them refuse a service without environment or labels. A
/// service's other members are its composition.
/// </remarks>
internal static class AppsRulesV2
{
    public static void Check(AppsNode body)
    {
        body.Variables("config", Presence.Defaulted, SupervisorNames.Config);
        body.Boolean("pinDevice", Presence.Optional);
        if (body.Object("apps", Presence.Required) is not { } apps) return;
        foreach (var (id, app) in apps.Members)
        {
            if (!SupervisorNumber.IsPlain(id)) app.Problem("an app's key that reads as a number makes the file v2, where it has to be the app's ID in plain decimal digits; in v3 it is the app's UUID");
            if (app.CheckObject()) CheckApp(id, app);
        }
    }

    private static void CheckApp(string id, AppsNode app)
    {
        if (app.Has("releases") && !app.Has("services"))
        {
            app.Report.Problem(app.Path.Member("releases"), "releases are the v3 form, but under a numeric key the supervisor reads the v2 form; let the app's UUID be its key");
            return;
        }

        var name = app.ShortText("name", Presence.Required);
        var commit = app.ShortText("commit", Presence.Required);
        app.Identifier("releaseId");
        AppsRulesV3.CheckVolumesAndNetworks(app);
        if (app.Object("services", Presence.Required, "it has to be an object with the services by ID") is not { } services) return;
        foreach (var (serviceId, service) in services.Members)
        {
            if (!SupervisorNumber.IsIdentifier(serviceId)) service.Problem("a service's key has to be its numeric ID; its name goes into serviceName");
            if (service.CheckObject()) CheckService(id, name?.Text, commit?.Text, service);
        }
    }

    private static void CheckService(string id, string? appName, string? commit, AppsNode service)
    {
        service.Identifier("imageId");
        var name = service.ShortText("serviceName", Presence.Required);
        if (name is { } text && !SupervisorNames.Docker.Allow(text.Text)) text.Problem(SupervisorNames.Docker.Rule);
        AppsRulesV3.CheckServiceBasics(service);
        if (AppsImage.Of(service, "image") is not { } image) return;
        service.Report.Services.Add(new AppsService(id, appName, commit ?? "", name?.Text ?? "", image.Text, image.Path.Text));
    }
}
