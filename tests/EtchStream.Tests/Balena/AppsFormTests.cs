using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

public sealed class AppsFormTests
{
    private const string Device = "0123456789abcdef0123456789abcdef";
    private static readonly string[] Image = [$"registry2.balena-cloud.com/v2/abc@{AppsSamples.Digest}"];

    [Theory]
    [InlineData(AppsSamples.V3, AppsVersion.V3)]
    [InlineData(AppsSamples.V2, AppsVersion.V2)]
    [InlineData(AppsSamples.V1, AppsVersion.V1)]
    [InlineData("[]", AppsVersion.V1)]
    [InlineData("{}", AppsVersion.V3)]
    [InlineData("{\"apps\": {}}", AppsVersion.V3)]
    [InlineData("{\"config\": {\"apps\": \"x\"}}", AppsVersion.V3)]
    [InlineData("{\"local\": {\"config\": {}}, \"dependent\": {\"apps\": {\"1\": 7}}}", AppsVersion.V3)]
    public void The_form_is_told_from_the_content(string text, AppsVersion version)
    {
        var document = AppsSamples.Parse(text);
        Assert.Equal(version, document.Version);
        Assert.False(document.IsWrapped);
        Assert.Equal("apps.json", document.Name);
    }

    [Fact]
    public void The_wrapper_of_the_v3_endpoint_is_taken_off()
    {
        var document = AppsSamples.Parse($$"""{"{{Device}}": {"name": "dev\u000aice", {{AppsSamples.V3.TrimStart()[1..]}} }""");
        Assert.True(document.IsWrapped);
        Assert.Equal(AppsVersion.V3, document.Version);
        Assert.Equal(Image, document.Services.Select(s => s.Image));
        Assert.Equal($"$.{Device}.apps.{AppsSamples.Uuid}.releases.{AppsSamples.Commit}.services.main.image", document.Services[0].JsonPath);
        Assert.Equal(AppsSamples.Parse(AppsSamples.V3).ToBytes(), document.ToBytes());
    }

    [Theory]
    [InlineData("")]
    [InlineData(", \"dependent\": {\"apps\": {}, \"devices\": {}}")]
    public void The_wrapper_of_the_v2_endpoint_is_taken_off(string dependent)
    {
        var document = AppsSamples.Parse($$"""{"local": {"name": "device", {{AppsSamples.V2.TrimStart()[1..]}}{{dependent}} }""");
        Assert.True(document.IsWrapped);
        Assert.Equal(AppsVersion.V2, document.Version);
        Assert.Equal(Image, document.Services.Select(s => s.Image));
        Assert.Equal(AppsSamples.Parse(AppsSamples.V2).ToBytes(), document.ToBytes());
    }

    [Fact]
    public void A_name_beside_apps_without_a_wrapper_stays() => Assert.Contains("\"name\": \"x\"", AppsSamples.Written("{\"name\": \"x\", \"apps\": {}}"));

    [Fact]
    public void Rules_in_a_wrapper_are_named_from_the_documents_root()
    {
        var error = AppsSamples.Refused("""{"my device": {"apps": {"x": 1}}}""");
        Assert.Equal("$['my device'].apps.x", error.JsonPath);
    }

    [Theory]
    [InlineData("{\"a\": {\"apps\": {}}, \"b\": {\"apps\": {}}}", "$.a and $.b")]
    [InlineData("{\"a\": {\"apps\": {}}, \"b\": {\"apps\": {}}, \"c\": {\"apps\": {}}, \"d\": 1}", "several devices")]
    [InlineData("{\"local\": {\"apps\": {}}, \"b\": {\"apps\": {}}}", "several devices")]
    [InlineData("{\"dependent\": {\"apps\": {}}, \"b\": {\"apps\": {}}}", "several devices")]
    [InlineData("{\"local\": {\"apps\": {}}, \"dependent\": {\"apps\": {}}, \"x\": 1}", "$.local stand other members")]
    [InlineData("{\"a\": {\"apps\": {}}, \"config\": {}}", "$.a stand other members")]
    [InlineData("{\"a\": {\"apps\": {}}, \"pinDevice\": true}", "$.a stand other members")]
    public void A_document_of_several_devices_is_ambiguous(string text, string part)
    {
        var error = AppsSamples.Refused(text);
        Assert.Equal("$", error.JsonPath);
        Assert.Contains("ambiguous", error.Rule);
        Assert.Contains(part, error.Rule);
    }

    [Theory]
    [InlineData("{\"apps\": {\"12\": {}, \"abc\": {}}}", "$.apps.abc", "$.apps.12")]
    [InlineData("{\"apps\": {\"abc\": {}, \"12\": {}}}", "$.apps.abc", "$.apps.12")]
    [InlineData("{\"d\": {\"apps\": {\"a-b\": {}, \" 1\": {}}}}", "$.d.apps['a-b']", "$.d.apps[' 1']")]
    public void Numeric_and_other_keys_do_not_mix(string text, string path, string numeric)
    {
        var error = AppsSamples.Refused(text);
        Assert.Equal(path, error.JsonPath);
        Assert.Contains($"{numeric} is numeric", error.Rule);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("\"apps\"")]
    [InlineData("true")]
    public void A_document_is_an_object_or_an_array(string text)
    {
        var error = AppsSamples.Refused(text);
        Assert.Equal("$", error.JsonPath);
        Assert.Contains("object", error.Rule);
    }

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("{\n \"apps\": {,}}", "line 2, byte 11")]
    [InlineData("{\"apps\": {}} {}", "line 1")]
    [InlineData("{\"apps\": {},}", "line 1")]
    [InlineData("{\"apps\": {} /* no */}", "line 1")]
    [InlineData("{'apps': {}}", "line 1")]
    [InlineData("{\"apps\": 01}", "line 1")]
    [InlineData("{\"apps\": NaN}", "line 1")]
    public void What_is_not_JSON_is_refused_with_its_place(string text, string place)
    {
        var error = AppsSamples.Refused(text);
        Assert.Equal("$", error.JsonPath);
        Assert.Contains("not valid JSON", error.Rule);
        Assert.Contains(place, error.Rule);
    }

    [Fact]
    public void A_byte_order_mark_is_refused() => Assert.Contains("byte order mark", AppsSamples.Refused("\uFEFF{}").Rule);

    [Theory]
    [InlineData("{\"apps\": {}, \"apps\": {}}", "$.apps")]
    [InlineData("{\"apps\": {\"x\": {\"id\": 1, \"\\u0069d\": 1}}}", "$.apps.x.id")]
    [InlineData("[{\"a\": 1}, {\"b\": [[1], {\"c d\": 1, \"c d\": 2}]}]", "$[1].b[1]['c d']")]
    public void Two_members_of_one_name_are_refused_with_their_place(string text, string path)
    {
        var findings = AppsSamples.Validate(text);
        Assert.Equal(path, Assert.Single(findings).JsonPath);
        Assert.Contains("two members of this name", findings[0].Text);
    }

    [Fact]
    public void Text_that_is_not_Unicode_is_refused_with_its_place()
    {
        Assert.Equal("$.config.A", AppsSamples.Refused("{\"config\": {\"A\": \"\\ud800\"}}").JsonPath);
        Assert.Equal("$.config", AppsSamples.Refused("{\"config\": {\"A\": \"\", \"\\udc00\": \"\"}}").JsonPath);
        var bytes = AppsDocument.Validate((byte[])[.. "[1, \""u8, 0xff, .. "\"]"u8]);
        Assert.Equal("$[1]", Assert.Single(bytes).JsonPath);
        Assert.Contains("Unicode", bytes[0].Text);
    }

    [Fact]
    public void Nesting_is_limited_to_64()
    {
        static string Nested(int depth) => "{\"config\": null, \"x\": " + new string('[', depth - 1) + new string(']', depth - 1) + "}";
        Assert.Empty(AppsSamples.Validate(Nested(64)));
        Assert.NotEmpty(AppsSamples.Parse(Nested(64)).ToBytes());
        Assert.Contains("more than 64 deep", AppsSamples.Refused(Nested(65)).Rule);
        Assert.Contains("more than 64 deep", AppsSamples.Refused(new string('[', 1_000_000)).Rule);
    }

    [Fact]
    public void Length_is_limited_to_64_MiB()
    {
        var bytes = new byte[AppsDocument.MaxLength + 1];
        bytes.AsSpan().Fill((byte)' ');
        "{}"u8.CopyTo(bytes);
        Assert.Empty(AppsDocument.Validate(bytes.AsMemory(0, AppsDocument.MaxLength)));
        Assert.Contains("at most 67108864", Assert.Single(AppsDocument.Validate(bytes)).Text);
    }
}
