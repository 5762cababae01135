using System.Text;
using System.Text.Json.Nodes;
using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

/// <summary>An apps.json in each form, and small changes to them.</summary>
internal static class AppsSamples
{
    public const string Uuid = "1a2b3c4d5e6f708192a3b4c5d6e7f801";
    public const string Commit = "c0ffee00c0ffee00c0ffee00c0ffee00";
    public const string Digest = "sha256:4c042f195b59b7d4c492e210ab29ab61694f490a69c65720a5a0121c6277ecdd";

    public const string Service = $$"""
        {"id": 5, "image_id": "6", "image": "registry2.balena-cloud.com/v2/abc@{{Digest}}", "environment": {"A_1": "b"},
         "labels": {"io.balena.features.dbus": "1"}, "composition": {"privileged": true} }
        """;

    public const string V3 = $$"""
        {"config": {"RESIN_HOST_CONFIG_gpu_mem": "16"},
         "apps": {"{{Uuid}}": {"id": 1234, "name": "My fleet", "is_host": false, "class": "fleet",
          "releases": {"{{Commit}}": {"id": 42, "services": {"main": {{Service}} }, "volumes": {"data": {} }, "networks": {"default": {} } } } } } }
        """;

    public const string V2 = $$"""
        {"apps": {"1234": {"name": "My fleet", "commit": "{{Commit}}", "releaseId": 42,
          "services": {"5": {"imageId": 6, "serviceName": "main", "image": "registry2.balena-cloud.com/v2/abc@{{Digest}}", "running": true,
           "environment": {"A": "b"}, "labels": {"io.balena.features.dbus": "1"}, "privileged": true} },
          "volumes": {"data": {} }, "networks": {} } },
         "config": {"RESIN_X": "1"} }
        """;

    public const string V1 = $$"""
        [{"appId": "1234", "name": "old", "commit": "{{Commit}}", "imageId": "registry.resin.io/old/abc", "env": {"A": "b"}, "config": {"RESIN_X": "1"} }]
        """;

    public static AppsDocument Parse(string text) => AppsDocument.Parse(Encoding.UTF8.GetBytes(text), "apps.json");

    public static IReadOnlyList<AppsFinding> Validate(string text) => AppsDocument.Validate(Encoding.UTF8.GetBytes(text));

    public static InvalidAppsException Refused(string text) => Assert.Throws<InvalidAppsException>(() => Parse(text));

    public static string Written(string text, bool? pinDevice = null) => Encoding.UTF8.GetString(Parse(text).ToBytes(pinDevice));

    /// <summary>
    /// A sample with one member changed. The place is parted by '/', with APP, RELEASE and SERVICE for the way to those; a
    /// value of null takes the member away, and a name after '>' renames it.
    /// </summary>
    public static string With(string sample, string place, string? json)
    {
        var root = JsonNode.Parse(sample)!;
        var names = place.Replace("SERVICE", "RELEASE/services/main").Replace("RELEASE", $"APP/releases/{Commit}").Replace("APP", $"apps/{Uuid}").Split('/');
        var parent = root;
        foreach (var name in names[..^1]) parent = parent is JsonArray array ? array[int.Parse(name)]! : parent[name]!;
        var item = parent.AsObject();
        if (json is null) Assert.True(item.Remove(names[^1]), $"the sample has no {place}");
        else if (json.StartsWith('>')) item.Add(json[1..], Taken(item, names[^1]));
        else item[names[^1]] = JsonNode.Parse(json);
        return root.ToJsonString();
    }

    private static JsonNode? Taken(JsonObject parent, string name)
    {
        var value = parent[name];
        Assert.True(parent.Remove(name), $"the sample has no {name}");
        return value;
    }
}
