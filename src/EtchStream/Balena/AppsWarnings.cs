using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>What is valid, but may not do on the device what was meant.</summary>
internal static class AppsWarnings
{
    /// <summary>Warnings about the whole document.</summary>
    public static void OfDocument(AppsForm form)
    {
        var body = form.Body;
        switch (form.Version)
        {
            case AppsVersion.V1:
                body.Report.Warn(body.Path, "a v1 file is for supervisors before 7; later ones make one app with placeholder IDs of it, the last of the array, and need the internet to complete it; use the v3 form for them");
                break;
            case AppsVersion.V2:
                body.Report.Warn(body.Path, "a v2 file is for supervisors 7 to 12; later ones need the internet to migrate it, and start no preloaded app without; use the v3 form for them");
                break;
        }

        if (IsEmpty(body, form.Version)) body.Report.Warn(body.Path, "there are neither apps nor config in it, so the supervisor ignores the file");
        else if (IsPinned(body) && !AppsPin.IsPossible(form)) body.Report.Warn(body.Path.Member("pinDevice"), "no app is of class fleet, so the supervisor pins the device to nothing");
    }

    /// <summary>Only the first of several releases counts (balena-supervisor 19.0.5, src/device-state/preload.ts).</summary>
    public static void OfReleases(AppsNode releases)
    {
        var count = releases.Value.GetPropertyCount();
        if (count < 2) return;
        var first = ScriptOrder.First(releases.Value.EnumerateObject().Select(release => release.Name));
        releases.Report.Warn(releases.Path, $"the app has {count} releases, of which the supervisor loads the first only; in the file as it is written that is {releases.Path.Member(first)}");
    }

    /// <summary>Names that earlier supervisors refuse, and with them the whole file.</summary>
    public static void OfVariable(AppsNode parent, string name, SupervisorNames names)
    {
        if (names == SupervisorNames.Label && names.Allow(name) && !SupervisorNames.OldLabel.Allow(name))
            parent.Report.WarnOnce(parent.Path.Member(name), "supervisors before 14.2.11 drop the file for a label like this one: they know only letters, digits, '.' and '-', and a letter first");
        else if (names == SupervisorNames.Config && name.Contains(':'))
            parent.Report.WarnOnce(parent.Path.Member(name), "supervisors before 14.6.0 drop the file for a configuration variable with ':' in its name");
    }

    private static bool IsEmpty(AppsNode body, AppsVersion version) =>
        version == AppsVersion.V1 ? body.Value.GetArrayLength() == 0 : IsEmpty(body, "apps") && IsEmpty(body, "config");

    private static bool IsEmpty(AppsNode body, string name) =>
        !body.Value.TryGetProperty(name, out var member) || member.ValueKind != JsonValueKind.Object || member.GetPropertyCount() == 0;

    private static bool IsPinned(AppsNode body) => body.Has(AppsPin.Member) && body.Value.GetProperty(AppsPin.Member).ValueKind == JsonValueKind.True;
}
