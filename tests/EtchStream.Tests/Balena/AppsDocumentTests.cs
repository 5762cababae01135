using System.Text;
using EtchStream.Balena;
using Xunit;

namespace EtchStream.Tests.Balena;

public sealed class AppsDocumentTests
{
    private static readonly string TwoReleases = $$"""
        {"apps": {
          "bb": {"id": 2, "name": "second", "class": "app", "releases": {"f0": {"id": 1, "services": {"z": {{Service("z/z")}}, "a": {{Service("a/a:1")}} } } } },
          "aa": {"id": 1, "name": "first", "releases": {"c2": {"id": 3, "services": {"main": {{Service("m/two")}} } }, "c1": {"id": 2, "services": {"main": {{Service("m/one")}} } } } } } }
        """;

    [Fact]
    public void The_services_of_every_app_and_release_come_in_the_files_order()
    {
        Assert.Equal(
            [
                new AppsService("bb", "second", "f0", "z", "z/z", "$.apps.bb.releases.f0.services.z.image"),
                new AppsService("bb", "second", "f0", "a", "a/a:1", "$.apps.bb.releases.f0.services.a.image"),
                new AppsService("aa", "first", "c2", "main", "m/two", "$.apps.aa.releases.c2.services.main.image"),
                new AppsService("aa", "first", "c1", "main", "m/one", "$.apps.aa.releases.c1.services.main.image"),
            ],
            AppsSamples.Parse(TwoReleases).Services);
    }

    [Fact]
    public void The_services_of_v2_and_v1_are_told_the_same_way()
    {
        Assert.Equal(
            new AppsService("1234", "My fleet", AppsSamples.Commit, "main", $"registry2.balena-cloud.com/v2/abc@{AppsSamples.Digest}", "$.apps.1234.services.5.image"),
            Assert.Single(AppsSamples.Parse(AppsSamples.V2).Services));
        Assert.Equal(
            new AppsService("1234", "old", AppsSamples.Commit, "main", "registry.resin.io/old/abc", "$[0].imageId"),
            Assert.Single(AppsSamples.Parse(AppsSamples.V1).Services));
        Assert.Equal(
            new AppsService("7", null, "c", "main", "x", "$[0].imageId"),
            Assert.Single(AppsSamples.Parse("""[{"appId": 7, "commit": "c", "imageId": "x"}]""").Services));
    }

    [Fact]
    public void A_v3_file_that_is_as_it_should_be_has_no_warning() => Assert.Empty(AppsSamples.Parse(AppsSamples.V3).Warnings);

    [Theory]
    [InlineData(AppsSamples.V2, "$", "need the internet to migrate it")]
    [InlineData(AppsSamples.V1, "$", "supervisors before 7")]
    [InlineData("{}", "$", "ignores the file")]
    [InlineData("{\"apps\": {}, \"config\": {}, \"pinDevice\": true}", "$", "ignores the file")]
    [InlineData("{\"apps\": null, \"config\": null}", "$", "ignores the file")]
    [InlineData("{\"config\": {\"A:b\": \"\"}}", "$.config['A:b']", "before 14.6.0")]
    [InlineData("{\"config\": {\"A\": \"\"}, \"pinDevice\": true}", "$.pinDevice", "pins the device to nothing")]
    public void Each_warning_comes_where_it_belongs(string text, string path, string part)
    {
        var warning = Assert.Single(AppsSamples.Parse(text).Warnings);
        Assert.Equal(path, warning.JsonPath);
        Assert.Contains(part, warning.Text);
        Assert.Equal($"{path}: {warning.Text}", warning.ToString());
    }

    [Fact]
    public void An_empty_v1_file_is_both_old_and_empty() => Assert.Equal(2, AppsSamples.Parse("[]").Warnings.Count);

    [Fact]
    public void Config_alone_is_not_empty() => Assert.Empty(AppsSamples.Parse("{\"config\": {\"A\": \"\"}}").Warnings);

    [Fact]
    public void Of_several_releases_the_first_as_written_is_loaded()
    {
        var warning = Assert.Single(AppsSamples.Parse(TwoReleases).Warnings);
        Assert.Equal("$.apps.aa.releases", warning.JsonPath);
        Assert.Contains("2 releases", warning.Text);
        Assert.EndsWith("$.apps.aa.releases.c1", warning.Text);
    }

    [Fact]
    public void A_label_that_old_supervisors_refuse_is_a_warning_and_comes_once()
    {
        var text = AppsSamples.With(AppsSamples.With(AppsSamples.V3, "SERVICE/labels/my_label", "\"\""), "SERVICE/labels/9", "\"\"");
        var warning = Assert.Single(AppsSamples.Parse(text).Warnings);
        Assert.EndsWith(".labels.my_label", warning.JsonPath);
        Assert.Contains("before 14.2.11", warning.Text);
    }

    [Fact]
    public void Later_changes_to_the_callers_bytes_change_nothing()
    {
        var bytes = Encoding.UTF8.GetBytes(AppsSamples.V3);
        var document = AppsDocument.Parse(bytes, "apps.json");
        Array.Clear(bytes);
        Assert.Equal(AppsSamples.Parse(AppsSamples.V3).ToBytes(), document.ToBytes());
    }

    [Fact]
    public void The_error_says_file_place_and_rule()
    {
        var error = new InvalidAppsException("a.json", "$.x", "no", 3);
        Assert.Equal("a.json: $.x: no (and 3 more)", error.Message);
        Assert.Equal("a.json: $.x: no", new InvalidAppsException("a.json", "$.x", "no").Message);
    }

    private static string Service(string image) => $$"""{"id": 1, "image_id": 2, "image": "{{image}}", "environment": {}, "labels": {} }""";
}
