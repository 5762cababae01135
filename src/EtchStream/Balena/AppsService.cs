namespace EtchStream.Balena;

/// <summary>A service of an apps.json, and so an image that has to be in the device's engine.</summary>
/// <param name="AppKey">The app: its UUID in v3, its ID in v2 and v1.</param>
/// <param name="AppName">The app's name; null where a v1 file gives none.</param>
/// <param name="Release">The release's commit.</param>
/// <param name="ServiceName">The service's name; <c>main</c> in v1, which is what supervisors make of it.</param>
/// <param name="Image">The image reference exactly as the file has it: the supervisor looks the image up under this text.</param>
/// <param name="JsonPath">Where the reference stands in the file.</param>
public sealed record AppsService(string AppKey, string? AppName, string Release, string ServiceName, string Image, string JsonPath);
