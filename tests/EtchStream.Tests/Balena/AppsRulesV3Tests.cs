using System.Text;
using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

public sealed class AppsRulesV3Tests
{
    private static readonly string Long = new('a', 256);
    private static readonly string Longest = Long[1..];

    public static TheoryData<string, string?> Allowed => new()
    {
        { "config", null },
        { "config", "null" },
        { "config", "{}" },
        { "config/a_B9:x", "\"\"" },
        { "apps", null },
        { "apps", "null" },
        { "apps", "{}" },
        { "pinDevice", "false" },
        { "somethingElse", "[null]" },
        { "APP", $">{Longest}" },
        { "APP", ">" },
        { "APP", ">my app" },
        { "APP/id", "0" },
        { "APP/id", "\"007\"" },
        { "APP/id", "1e3" },
        { "APP/id", "1.0" },
        { "APP/id", "9223372036854775807" },
        { "APP/name", "\"\"" },
        { "APP/name", $"\"{Longest}\"" },
        { "APP/class", null },
        { "APP/class", "null" },
        { "APP/class", "\"app\"" },
        { "APP/class", "\"block\"" },
        { "APP/is_host", null },
        { "APP/is_host", "true" },
        { "APP/parent_app", "\"x\"" },
        { "APP/other", "7" },
        { "RELEASE", $">{Longest}" },
        { "RELEASE/id", "\"9\"" },
        { "RELEASE/services", null },
        { "RELEASE/services", "null" },
        { "RELEASE/services", "{}" },
        { "RELEASE/volumes", null },
        { "RELEASE/volumes", "null" },
        { "RELEASE/networks", null },
        { "RELEASE/networks/0_a.b-C", "{\"driver\": null}" },
        { "SERVICE", $">{Longest}" },
        { "SERVICE", ">0.a_b-C" },
        { "SERVICE/environment", "{}" },
        { "SERVICE/environment/_", "\"\"" },
        { "SERVICE/environment/a9", "\"line\\nline\"" },
        { "SERVICE/labels", "{}" },
        { "SERVICE/labels/traefik.http.routers.x.rule", "\"Host(`x`)\"" },
        { "SERVICE/labels/!#$%&()*+,-.:;<=>?@[]^_{|}~", "\"x\"" },
        { "SERVICE/composition", null },
        { "SERVICE/composition", "{}" },
        { "SERVICE/running", "false" },
        { "SERVICE/running", "null" },
        { "SERVICE/contract", "{}" },
        { "SERVICE/image", "\"alpine\"" },
        { "SERVICE/unknown", "null" },
    };

    /// <summary>Place, change, path below it that the error names (the place itself where null), part of the rule.</summary>
    public static TheoryData<string, string?, string?, string> Refused => new()
    {
        { "config", "[]", null, "object of strings" },
        { "config/a-b", "\"x\"", "$.config['a-b']", "^[a-zA-Z_][a-zA-Z0-9_:]*$" },
        { "config/9", "\"x\"", null, "^[a-zA-Z_][a-zA-Z0-9_:]*$" },
        { "config/x", "1", null, "string" },
        { "config/x", "null", null, "string" },
        { "apps", "[]", null, "object" },
        { "apps", "\"x\"", null, "object" },
        { "pinDevice", "null", null, "true or false" },
        { "pinDevice", "\"true\"", null, "true or false" },
        { "APP", "null", null, "object" },
        { "APP", "[]", null, "object" },
        { "APP/id", null, null, "missing" },
        { "APP/id", "null", null, "non-negative integer" },
        { "APP/id", "-1", null, "non-negative integer" },
        { "APP/id", "1.5", null, "non-negative integer" },
        { "APP/id", "1e21", null, "non-negative integer" },
        { "APP/id", "1e999", null, "non-negative integer" },
        { "APP/id", "\"\"", null, "non-negative integer" },
        { "APP/id", "\"1e3\"", null, "non-negative integer" },
        { "APP/id", "true", null, "non-negative integer" },
        { "APP/name", null, null, "missing" },
        { "APP/name", "7", null, "string" },
        { "APP/name", $"\"{Long}\"", null, "at most 255" },
        { "APP/class", "\"Fleet\"", null, "\"fleet\", \"app\" or \"block\"" },
        { "APP/class", "1", null, "\"fleet\", \"app\" or \"block\"" },
        { "APP/is_host", "\"true\"", null, "true or false" },
        { "APP/is_host", "null", null, "true or false" },
        { "APP/parent_app", "null", null, "string" },
        { "APP/releases", null, null, "missing" },
        { "APP/releases", "null", null, "at least one release" },
        { "APP/releases", "{}", null, "at least one release" },
        { "APP/releases", "[]", null, "at least one release" },
        { "RELEASE", "7", null, "object" },
        { "RELEASE/id", null, null, "missing" },
        { "RELEASE/id", "\"x\"", null, "non-negative integer" },
        { "RELEASE/services", "[]", null, "object" },
        { "RELEASE/volumes", "[]", null, "object" },
        { "RELEASE/volumes/data", "null", null, "object" },
        { "RELEASE/volumes/data", "[]", null, "object" },
        { "RELEASE/volumes/a b", "{}", "$.apps.APP.releases.REL.volumes['a b']", "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { "RELEASE/networks/_x", "{}", null, "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { "RELEASE/networks/default", "\"bridge\"", null, "object" },
        { "SERVICE", ">-x", "$.apps.APP.releases.REL.services['-x']", "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { "SERVICE", ">", "$.apps.APP.releases.REL.services['']", "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { "SERVICE", ">é", "$.apps.APP.releases.REL.services['é']", "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { "SERVICE", "\"x\"", null, "object" },
        { "SERVICE/id", null, null, "missing" },
        { "SERVICE/id", "{}", null, "non-negative integer" },
        { "SERVICE/image_id", null, null, "missing" },
        { "SERVICE/image_id", "\"6x\"", null, "non-negative integer" },
        { "SERVICE/image", null, null, "missing" },
        { "SERVICE/image", "null", null, "string" },
        { "SERVICE/image", $"\"{Long}\"", null, "at most 255" },
        { "SERVICE/image", "\"\"", null, "invalid image reference" },
        { "SERVICE/image", "\"registry/v2/ABC@sha256:12\"", null, "invalid image reference" },
        { "SERVICE/image", "\"https://registry/v2/a\"", null, "scheme" },
        { "SERVICE/environment", null, null, "missing" },
        { "SERVICE/environment", "null", null, "object of strings" },
        { "SERVICE/environment", "[]", null, "object of strings" },
        { "SERVICE/environment/A:b", "\"x\"", "$.apps.APP.releases.REL.services.main.environment['A:b']", "^[a-zA-Z_][a-zA-Z0-9_]*$" },
        { "SERVICE/environment/1A", "\"x\"", null, "^[a-zA-Z_][a-zA-Z0-9_]*$" },
        { "SERVICE/environment/A\n", "\"x\"", "$.apps.APP.releases.REL.services.main.environment['A\\u000a']", "^[a-zA-Z_][a-zA-Z0-9_]*$" },
        { "SERVICE/environment/PORT", "80", null, "string" },
        { "SERVICE/labels", null, null, "missing" },
        { "SERVICE/labels", "[]", null, "object of strings" },
        { "SERVICE/labels/a b", "\"x\"", "$.apps.APP.releases.REL.services.main.labels['a b']", "^[!#-&(-_a-~]+$" },
        { "SERVICE/labels/a'b", "\"x\"", "$.apps.APP.releases.REL.services.main.labels['a\\'b']", "^[!#-&(-_a-~]+$" },
        { "SERVICE/labels/a`b", "\"x\"", "$.apps.APP.releases.REL.services.main.labels['a`b']", "^[!#-&(-_a-~]+$" },
        { "SERVICE/labels/x", "true", null, "string" },
        { "SERVICE/composition", "null", null, "object" },
        { "SERVICE/composition", "[]", null, "object" },
        { "SERVICE/running", "1", null, "true or false" },
        { "SERVICE/contract", "null", null, "object" },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void What_the_decoder_accepts_is_accepted(string place, string? json) =>
        Assert.Empty(AppsSamples.Validate(AppsSamples.With(AppsSamples.V3, place, json)));

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_broken_rule_is_named_with_its_place(string place, string? json, string? path, string rule)
    {
        path ??= "$." + place.Replace("SERVICE", "RELEASE/services/main").Replace("RELEASE", "APP/releases/REL").Replace("APP", "apps/APP").Replace('/', '.');
        path = path.Replace("APP", AppsSamples.Uuid).Replace("REL", AppsSamples.Commit);
        var error = AppsSamples.Refused(AppsSamples.With(AppsSamples.V3, place, json));
        Assert.Equal(path, error.JsonPath);
        Assert.Contains(rule, error.Rule);
        Assert.Equal($"apps.json: {path}: {error.Rule}", error.Message);
        Assert.Equal("apps.json", error.Document);
        Assert.Equal(0, error.More);
    }

    [Theory]
    [InlineData("APP", "$.apps.")]
    [InlineData("RELEASE", $"$.apps.{AppsSamples.Uuid}.releases.")]
    [InlineData("SERVICE", $"$.apps.{AppsSamples.Uuid}.releases.{AppsSamples.Commit}.services.")]
    public void Keys_have_255_characters_at_most(string place, string parent)
    {
        var error = AppsSamples.Refused(AppsSamples.With(AppsSamples.V3, place, ">" + Long));
        Assert.Contains("255", error.Rule);
        Assert.Equal($"{parent[..^1]}['{Longest}…']", error.JsonPath);
    }

    [Fact]
    public void Services_in_the_app_are_recognised_as_the_v2_form()
    {
        var error = AppsSamples.Refused($$"""{"apps": {"{{AppsSamples.Uuid}}": {"id": 1, "name": "x", "services": {} } } }""");
        Assert.Equal($"$.apps.{AppsSamples.Uuid}.releases", error.JsonPath);
        Assert.Contains("numeric app IDs", error.Rule);
    }

    [Fact]
    public void All_broken_rules_are_listed_and_the_error_counts_them()
    {
        var text = AppsSamples.With(AppsSamples.With(AppsSamples.With(AppsSamples.V3, "SERVICE/image", "\"\""), "APP/id", "-1"), "config/x", "1");
        var findings = AppsSamples.Validate(text);
        Assert.Equal(
            ["$.config.x", $"$.apps.{AppsSamples.Uuid}.id", $"$.apps.{AppsSamples.Uuid}.releases.{AppsSamples.Commit}.services.main.image"],
            findings.Select(f => f.JsonPath));
        var error = AppsSamples.Refused(text);
        Assert.Equal(findings[0].JsonPath, error.JsonPath);
        Assert.Equal(findings[0].Text, error.Rule);
        Assert.Equal(2, error.More);
        Assert.EndsWith(" (and 2 more)", error.Message);
    }

    [Fact]
    public void Very_many_broken_rules_are_counted_and_not_all_kept()
    {
        var text = new StringBuilder("{\"config\": {");
        for (var i = 0; i < 5000; i++) text.Append(i == 0 ? "" : ",").Append($"\"x{i}\": 1");
        text.Append("}}");
        Assert.Equal(1000, AppsSamples.Validate(text.ToString()).Count);
        Assert.Equal(4999, AppsSamples.Refused(text.ToString()).More);
    }
}
