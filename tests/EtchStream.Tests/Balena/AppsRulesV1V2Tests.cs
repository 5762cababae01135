using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

public sealed class AppsRulesV1V2Tests
{
    private const string App = "apps/1234";
    private const string Service = "apps/1234/services/5";

    public static TheoryData<string, string?> Allowed => new()
    {
        { "config", null },
        { "pinDevice", "true" },
        { App, ">9007199254740991" },
        { $"{App}/releaseId", "\"42\"" },
        { $"{App}/services", "{}" },
        { $"{App}/volumes", null },
        { $"{App}/networks", "null" },
        { Service, ">05" },
        { $"{Service}/imageId", "\"6\"" },
        { $"{Service}/environment", "{}" },
        { $"{Service}/labels", "{}" },
        { $"{Service}/running", null },
        { $"{Service}/restart", "\"always\"" },
    };

    public static TheoryData<string, string?, string?, string> Refused => new()
    {
        { "config", "7", null, "object of strings" },
        { "pinDevice", "1", null, "true or false" },
        { App, ">01234", "$.apps.01234", "plain decimal" },
        { App, ">1.0", "$.apps['1.0']", "plain decimal" },
        { App, ">9007199254740992", "$.apps.9007199254740992", "plain decimal" },
        { App, ">99999999999999999999999999999999", "$.apps.99999999999999999999999999999999", "in v3 it is the app's UUID" },
        { App, "[]", null, "object" },
        { $"{App}/name", null, null, "missing" },
        { $"{App}/commit", null, null, "missing" },
        { $"{App}/commit", "7", null, "string" },
        { $"{App}/releaseId", null, null, "missing" },
        { $"{App}/releaseId", "\"x\"", null, "non-negative integer" },
        { $"{App}/services", null, null, "missing" },
        { $"{App}/services", "[]", null, "object" },
        { $"{App}/services", ">releases", "$.apps.1234.releases", "v3" },
        { $"{App}/volumes/-", "{}", "$.apps.1234.volumes['-']", "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { $"{App}/networks/x", "7", null, "object" },
        { Service, ">main", "$.apps.1234.services.main", "numeric ID" },
        { Service, "null", null, "object" },
        { $"{Service}/imageId", null, null, "missing" },
        { $"{Service}/imageId", "\"registry/x\"", null, "non-negative integer" },
        { $"{Service}/serviceName", null, null, "missing" },
        { $"{Service}/serviceName", "7", null, "string" },
        { $"{Service}/serviceName", "\"a b\"", null, "^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" },
        { $"{Service}/image", null, null, "missing" },
        { $"{Service}/image", "\"A/B\"", null, "invalid image reference" },
        { $"{Service}/environment", null, null, "missing" },
        { $"{Service}/environment/A-B", "\"\"", "$.apps.1234.services.5.environment['A-B']", "^[a-zA-Z_][a-zA-Z0-9_]*$" },
        { $"{Service}/labels", null, null, "missing" },
        { $"{Service}/labels/a b", "\"\"", "$.apps.1234.services.5.labels['a b']", "^[!#-&(-_a-~]+$" },
        { $"{Service}/running", "\"yes\"", null, "true or false" },
    };

    public static TheoryData<string, string?> AllowedV1 => new()
    {
        { "0/appId", "1234" },
        { "0/name", null },
        { "0/env", null },
        { "0/env", "{}" },
        { "0/config", null },
        { "0/config", "null" },
        { "0/other", "[]" },
    };

    public static TheoryData<string, string?, string, string> RefusedV1 => new()
    {
        { "0/appId", null, "$[0].appId", "missing" },
        { "0/appId", "\"x\"", "$[0].appId", "non-negative integer" },
        { "0/commit", null, "$[0].commit", "missing" },
        { "0/commit", "null", "$[0].commit", "string" },
        { "0/imageId", null, "$[0].imageId", "missing" },
        { "0/imageId", "6", "$[0].imageId", "string" },
        { "0/imageId", "\"-\"", "$[0].imageId", "invalid image reference" },
        { "0/name", "7", "$[0].name", "string" },
        { "0/env", "[]", "$[0].env", "object of strings" },
        { "0/env/1", "\"\"", "$[0].env.1", "^[a-zA-Z_][a-zA-Z0-9_]*$" },
        { "0/env/A", "1", "$[0].env.A", "string" },
        { "0/config/A-", "\"\"", "$[0].config['A-']", "^[a-zA-Z_][a-zA-Z0-9_:]*$" },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void V2_what_supervisors_accept_is_accepted(string place, string? json) =>
        Assert.Empty(AppsSamples.Validate(AppsSamples.With(AppsSamples.V2, place, json)));

    [Theory]
    [MemberData(nameof(Refused))]
    public void V2_a_broken_rule_is_named_with_its_place(string place, string? json, string? path, string rule) =>
        AssertRefused(AppsSamples.With(AppsSamples.V2, place, json), path ?? "$." + place.Replace('/', '.'), rule);

    [Theory]
    [MemberData(nameof(AllowedV1))]
    public void V1_what_supervisors_accept_is_accepted(string place, string? json) =>
        Assert.Empty(AppsSamples.Validate(AppsSamples.With(AppsSamples.V1, place, json)));

    [Theory]
    [MemberData(nameof(RefusedV1))]
    public void V1_a_broken_rule_is_named_with_its_place(string place, string? json, string path, string rule) =>
        AssertRefused(AppsSamples.With(AppsSamples.V1, place, json), path, rule);

    [Fact]
    public void V1_an_element_that_is_no_object_is_named() => AssertRefused(AppsSamples.V1.Replace("}]", "}, 7]"), "$[1]", "object");

    private static void AssertRefused(string text, string path, string rule)
    {
        var error = AppsSamples.Refused(text);
        Assert.Equal(path, error.JsonPath);
        Assert.Contains(rule, error.Rule);
        Assert.Equal(0, error.More);
    }
}
