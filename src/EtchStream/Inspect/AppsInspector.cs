using EtchStream.Balena;
using EtchStream.Oci;
using EtchStream.Trees;

namespace EtchStream.Inspect;

/// <summary>Lists the apps.json on a data partition, and what its images are in the store there.</summary>
internal static class AppsInspector
{
    private const string Name = "apps.json";
    private const int MaxServices = 10_000;

    /// <summary>Reads it.</summary>
    /// <param name="data">The data partition's files.</param>
    /// <param name="store">The store there, looked at; null where there is none.</param>
    /// <returns>Null where there is no apps.json.</returns>
    public static AppsReport? Inspect(IFileTree data, StoreInspector? store)
    {
        try
        {
            if (data.TryRead(Name, AppsDocument.MaxLength) is not { } content) return null;
            var apps = AppsDocument.Parse(content, Name);
            return new AppsReport
            {
                Form = apps.Version.ToString().ToLowerInvariant(),
                Services = [.. apps.Services.Take(MaxServices).Select(service => Resolve(service, store))],
                Problem = apps.Services.Count > MaxServices ? $"{Name}: it has {apps.Services.Count} services, of which {MaxServices} are listed"
                    : apps.IsWrapped ? $"{Name}: it is a device's target state as the cloud's endpoint gives it, whose wrapper a supervisor does not take off: it ignores the file"
                    : null,
            };
        }
        catch (Exception e) when (e is InvalidAppsException || ReportProblems.IsDamage(e))
        {
            return new AppsReport { Problem = e.Message };
        }
    }

    private static AppsServiceReport Resolve(AppsService service, StoreInspector? store)
    {
        var (name, imageId, isThere) = store is not null && ImageReference.TryParse(service.Image, out var reference) ? store.Resolve(reference) : (null, null, false);
        return new AppsServiceReport
        {
            App = service.AppKey,
            AppName = service.AppName,
            Release = service.Release,
            Service = service.ServiceName,
            Image = service.Image,
            StoreName = name,
            ImageId = imageId,
            IsMissing = !isThere,
        };
    }
}
