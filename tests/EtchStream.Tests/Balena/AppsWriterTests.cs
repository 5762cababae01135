using System.Text;
using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

public sealed class AppsWriterTests
{
    private const string Source = """
        {"config":{"Z":"1","_":"é😀  <&'+>/\u002f\"\\\u0001\n\r\t\b\f\u007f","A":""},
        "apps":{"b":{"releases":{"c":{"id":12345678901234567890}},"name":"n","id":1e3},"B":{"id":1.0,"name":"N","class":"app","releases":{"c":{"id":0,"services":{},"x":[3,[],{},{"b":null,"a":true},-0.10E+2]}}}}}
        """;

    private const string Golden = """
        {
            "apps": {
                "B": {
                    "class": "app",
                    "id": 1.0,
                    "name": "N",
                    "releases": {
                        "c": {
                            "id": 0,
                            "services": {},
                            "x": [
                                3,
                                [],
                                {},
                                {
                                    "a": true,
                                    "b": null
                                },
                                -0.10E+2
                            ]
                        }
                    }
                },
                "b": {
                    "id": 1e3,
                    "name": "n",
                    "releases": {
                        "c": {
                            "id": 12345678901234567890
                        }
                    }
                }
            },
            "config": {
                "A": "",
                "Z": "1",
                "_": "é😀  <&'+>//\"\\\u0001\n\r\t\b\f"
            }
        }

        """;

    private static string Expected => Golden.ReplaceLineEndings("\n").Replace("\\f\"", "\\f\u007f\"");

    [Fact]
    public void The_bytes_are_these_and_no_others() => Assert.Equal(Expected, AppsSamples.Written(Source));

    [Fact]
    public void What_was_written_is_written_the_same_again()
    {
        foreach (var text in (string[])[Source, AppsSamples.V1, AppsSamples.V2, AppsSamples.V3])
        {
            var once = AppsSamples.Written(text);
            Assert.Equal(once, AppsSamples.Written(once));
        }
    }

    [Fact]
    public void Order_and_layout_of_the_source_do_not_show()
    {
        var other = """{"apps": {}, "config": {"b": "", "a": ""}, "x": 1}""";
        Assert.Equal(AppsSamples.Written(other), AppsSamples.Written("""{ "x":1,"config":{"\u0061":"","b":""},    "apps":{}}"""));
    }

    [Fact]
    public void Names_are_sorted_by_code_point()
    {
        var written = AppsSamples.Written("""{"apps": {}, "x": {"😀": 1, "\uffee": 2, "é": 3, "aa": 4, "a": 5, "B": 6, "": 7}}""");
        Assert.Equal("7 6 5 4 3 2 1", string.Join(' ', written.Where(char.IsAsciiDigit)));
    }

    [Fact]
    public void A_v1_file_keeps_its_apps_order()
    {
        var written = AppsSamples.Written("""[{"imageId": "x", "appId": 2, "commit": "c"}, {"appId": 1, "commit": "c", "imageId": "y"}]""");
        Assert.Equal(
            """
            [
                {
                    "appId": 2,
                    "commit": "c",
                    "imageId": "x"
                },
                {
                    "appId": 1,
                    "commit": "c",
                    "imageId": "y"
                }
            ]

            """.ReplaceLineEndings("\n"),
            written);
    }

    [Theory]
    [InlineData("{}", null, "{}\n")]
    [InlineData("[]", null, "[]\n")]
    [InlineData("[]", false, "[]\n")]
    [InlineData("{}", false, "{\n    \"pinDevice\": false\n}\n")]
    [InlineData("{\"apps\": {}, \"pinDevice\": true}", null, "{\n    \"apps\": {},\n    \"pinDevice\": true\n}\n")]
    [InlineData("{\"apps\": {}, \"pinDevice\": true}", false, "{\n    \"apps\": {},\n    \"pinDevice\": false\n}\n")]
    public void PinDevice_stays_or_is_set(string text, bool? pin, string written) => Assert.Equal(written, AppsSamples.Written(text, pin));

    [Theory]
    [InlineData(AppsSamples.V3)]
    [InlineData(AppsSamples.V2)]
    public void PinDevice_is_put_into_its_place(string text)
    {
        var written = AppsSamples.Written(text, pinDevice: true);
        Assert.EndsWith("    },\n    \"pinDevice\": true\n}\n", written);
        Assert.Equal(AppsSamples.Written(text), AppsSamples.Written(written).Replace(",\n    \"pinDevice\": true", ""));
        Assert.Equal(written, AppsSamples.Written(written.Replace("\"pinDevice\": true", "\"pinDevice\": false"), pinDevice: true));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"fleet\"")]
    public void An_app_is_of_class_fleet_by_default(string? kind) =>
        Assert.Contains("\"pinDevice\": true", AppsSamples.Written(AppsSamples.With(AppsSamples.V3, "APP/class", kind), pinDevice: true));

    [Theory]
    [InlineData(AppsSamples.V1, "$", "v1")]
    [InlineData("{\"config\": {\"A\": \"\"}}", "$.apps", "class fleet")]
    [InlineData("{\"dev\": {\"apps\": {}}}", "$.dev.apps", "class fleet")]
    public void PinDevice_that_would_do_nothing_is_refused(string text, string path, string part)
    {
        var document = AppsSamples.Parse(text);
        var error = Assert.Throws<InvalidAppsException>(() => document.ToBytes(pinDevice: true));
        Assert.Equal(path, error.JsonPath);
        Assert.Contains(part, error.Rule);
        Assert.StartsWith("apps.json: ", error.Message);
    }

    [Fact]
    public void PinDevice_is_refused_where_all_apps_are_of_another_class()
    {
        var document = AppsSamples.Parse(AppsSamples.With(AppsSamples.V3, "APP/class", "\"app\""));
        Assert.Throws<InvalidAppsException>(() => document.ToBytes(pinDevice: true));
    }

    [Fact]
    public void Every_character_survives()
    {
        var all = new StringBuilder();
        for (var i = 1; i < 0x110000; i += i < 0x3100 ? 1 : 97)
        {
            if (!Rune.IsValid(i)) continue;
            all.Append(i < 0x20 || i is '"' or '\\' ? $"\\u{i:X4}" : new Rune(i).ToString());
        }

        var written = AppsSamples.Written($$"""{"config": {"A": "{{all}}"} }""");
        using var read = System.Text.Json.JsonDocument.Parse(written);
        using var source = System.Text.Json.JsonDocument.Parse($"\"{all}\"");
        Assert.Equal(source.RootElement.GetString(), read.RootElement.GetProperty("config").GetProperty("A").GetString());
        Assert.Equal(25 + 2 + 5, written.Count(c => c == '\\') - 2);
    }
}
