using System.Globalization;
using EtchStream.Balena;
using EtchStream.Engine;
using EtchStream.Oci;
using EtchStream.Trees;

namespace EtchStream.Check;

/// <summary>Checks the apps.json that a balenaOS device starts from, and the supervisor that reads it.</summary>
internal static class AppsCheck
{
    private const string Name = "apps.json";
    private const string SupervisorTag = "balena_supervisor:";

    /// <summary>Runs.</summary>
    public static void Run(IFileTree data, StoreCheck? store, string place, DeviceFacts device, CheckRun run)
    {
        CheckSupervisor(store, place, device, run);
        byte[]? content = null;
        if (!run.Try(place, () => content = data.TryRead(Name, AppsDocument.MaxLength)) || content is null) return;
        var appsPlace = $"{place}, {Name}";
        var problems = AppsDocument.Validate(content);
        foreach (var problem in problems) run.Error(appsPlace, $"{problem.JsonPath}: {problem.Text}; a supervisor drops the whole file");
        if (problems.Count > 0) return;
        var apps = AppsDocument.Parse(content, Name);
        CheckForm(apps, Version(device.Supervisor?.Version) ?? store?.Names.Select(VersionOfTag).FirstOrDefault(v => v is not null), appsPlace, run);
        foreach (var service in apps.Services) CheckImage(service, store, appsPlace, run);
    }

    private static void CheckForm(AppsDocument apps, int? supervisor, string place, CheckRun run)
    {
        if (apps.IsWrapped) run.Error(place, "it is a device's target state as the cloud's endpoint gives it, whose wrapper a supervisor does not take off: it ignores the file");
        var (from, to, form) = apps.Version switch { AppsVersion.V1 => (0, 6, "v1"), AppsVersion.V2 => (7, 12, "v2"), _ => (13, int.MaxValue, "v3") };
        if (supervisor is { } version && (version < from || version > to))
            run.Error(place, $"it has the form {form}, and the device's supervisor is of version {version}: it starts no app of it without the internet; use the form v{(version < 7 ? 1 : version < 13 ? 2 : 3)}");
        foreach (var warning in apps.Warnings.Where(w => supervisor is null || !w.Text.Contains("file is for supervisors", StringComparison.Ordinal))) run.Warn(place, $"{warning.JsonPath}: {warning.Text}");
    }

    private static void CheckImage(AppsService service, StoreCheck? store, string place, CheckRun run)
    {
        if (store is not null && ImageReference.TryParse(service.Image, out var reference) && store.Names.Contains(StoreName.Of(reference))) return;
        run.Error(place, $"service {service.ServiceName ?? service.AppKey}: its image {service.Image} is not in the engine's store under that name, so the device has to download it");
    }

    private static void CheckSupervisor(StoreCheck? store, string place, DeviceFacts device, CheckRun run)
    {
        if (device.Supervisor?.Image is not { } image || store is null) return;
        var name = device.Supervisor is { HasTag: true, Version: { } tag } && !image.Contains('@') && !image.Contains("/v2/", StringComparison.Ordinal) ? $"{image}:{tag}" : image;
        if (ImageReference.TryParse(name, out var reference) && !store.Names.Contains(StoreName.Of(reference)))
            run.Error(place, $"the supervisor that supervisor.conf names, {name}, is not in the engine's store under that name, so the device has to download it");
    }

    private static int? VersionOfTag(string name) => name.StartsWith(SupervisorTag, StringComparison.Ordinal) ? Version(name[SupervisorTag.Length..]) : null;

    private static int? Version(string? text)
    {
        var digits = text?.TrimStart('v').Split('.')[0];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
