namespace EtchStream.Balena;

/// <summary>The v1 form, for supervisors before 7: an array of <c>{appId, commit, imageId, env, name, config}</c>, one container each.</summary>
/// <remarks>
/// A supervisor of that time checks nothing (balena-supervisor 6.6.11, src/bootstrap.coffee); the rules are what it and the
/// conversion of 19.0.5 (src/device-state/legacy.ts) need. <c>imageId</c> is the image reference here.
/// </remarks>
internal static class AppsRulesV1
{
    public static void Check(AppsNode body)
    {
        var index = 0;
        foreach (var value in body.Value.EnumerateArray())
        {
            var app = new AppsNode(value, body.Path.Item(index++), body.Report);
            if (app.CheckObject()) CheckApp(app);
        }
    }

    private static void CheckApp(AppsNode app)
    {
        app.Identifier("appId");
        var name = app.ShortText("name", Presence.Defaulted);
        var commit = app.ShortText("commit", Presence.Required);
        app.Variables("env", Presence.Defaulted, SupervisorNames.Environment);
        app.Variables("config", Presence.Defaulted, SupervisorNames.Config);
        if (AppsImage.Of(app, "imageId") is not { } image) return;
        var id = app.Value.TryGetProperty("appId", out var appId) ? appId.ToString() : "";
        app.Report.Services.Add(new AppsService(id, name?.Text, commit?.Text ?? "", "main", image.Text, image.Path.Text));
    }
}
