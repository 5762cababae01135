using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Cli.Tests;

/// <summary>The options of <c>pack</c> that are about container images, given wrongly.</summary>
public sealed class ContainerOptionTests : IDisposable
{
    private readonly ContainerDiskFile _disk = new();

    public void Dispose() => _disk.Dispose();

    [ToolTheory("mke2fs")]
    [InlineData("--container ''", "empty")]
    [InlineData("--container Alpine:3", "lower case")]
    [InlineData("--container alpine:3:4", "alpine:3:4")]
    [InlineData("--container docker://alpine", "scheme")]
    [InlineData("--container host/repo@sha256:12", "sha256:12")]
    [InlineData("--container oci:", "path")]
    [InlineData("--container docker-archive:a.tar:", "empty")]
    [InlineData("--container a:1 --platform arm", "--platform 'arm'")]
    [InlineData("--container a:1 --platform ''", "--platform ''")]
    [InlineData("--container a:1 --platform linux/arm/v7/v8", "os/architecture")]
    [InlineData("--container a:1 --data-partition ''", "--data-partition ''")]
    [InlineData("--container a:1 --data-partition a/b", "--data-partition 'a/b'")]
    [InlineData("--container a:1 --data-partition nope", "--data-partition")]
    [InlineData("--container a:1 --data-partition 4", "--data-partition")]
    [InlineData("--container a:1 --engine-root ../x", "--engine-root")]
    [InlineData("--container a:1 --engine-root /docker/../..", "--engine-root")]
    [InlineData("--container a:1 --engine-root ''", "--engine-root")]
    [InlineData("--container a:1 --insecure-registry ''", "--insecure-registry")]
    [InlineData("--container a:1 --insecure-registry http://host:5000", "--insecure-registry")]
    [InlineData("--container a:1 --pin-device", "--pin-device needs --apps")]
    [InlineData("--container a:1 --apps ''", "--apps")]
    [InlineData("--container a:1 --ca ''", "--ca")]
    [InlineData("--container a:1 --registry-config ''", "--registry-config")]
    [InlineData("--platform linux/arm64", "--platform")]
    [InlineData("--data-partition 1", "--data-partition")]
    [InlineData("--engine-root /docker", "--engine-root")]
    [InlineData("--registry-config x", "--registry-config")]
    [InlineData("--ca x", "--ca")]
    [InlineData("--insecure-registry x", "--insecure-registry")]
    [InlineData("--pin-device", "--pin-device")]
    [InlineData("--certificate x", "--certificate")]
    [InlineData("--no-arch-check", "--no-arch-check")]
    [InlineData("--no-expand", "--no-expand")]
    [InlineData("--supervisor-version v1.2.3", "--supervisor-version")]
    [InlineData("--container a:1 --supervisor-version v1.2.3", "--supervisor-version needs --supervisor")]
    [InlineData("--supervisor a:1 --supervisor-version latest", "--supervisor-version 'latest'")]
    [InlineData("--supervisor a:1 --supervisor-version v1.2/3", "--supervisor-version 'v1.2/3'")]
    [InlineData("--supervisor Alpine:3", "--supervisor")]
    [InlineData("--container a:1 --no-cache", "--no-cache needs --plan")]
    [InlineData("--supervisor engine:docker.tgz", "name the one image")]
    [InlineData("--engine-images x", "--engine-images")]
    [InlineData("--container a:1 --engine-images x", "--engine-images needs")]
    [InlineData("--container engine:", "path")]
    [InlineData("--supervisor a:1 --supervisor b:1", "--supervisor")]
    [InlineData("--container a:1 --certificate ''", "--certificate")]
    [InlineData("--container", "--container needs a value")]
    [InlineData("--apps", "--apps needs a value")]
    public void A_wrong_option_is_exit_code_2_and_named(string options, string expected) =>
        Assert.Contains(expected, _disk.Fails(2, [.. options.Split(' ').Select(o => o == "''" ? "" : o)]));

    [ToolFact("mke2fs")]
    public void An_engine_root_that_no_partition_holds_is_found_at_once() =>
        Assert.Contains("255", _disk.Fails(2, "--container", "127.0.0.1:1/a:1", "--engine-root", "/" + new string('x', 256)));

    [ToolTheory("mke2fs")]
    [InlineData("--apps")]
    [InlineData("--ca")]
    [InlineData("--certificate")]
    [InlineData("--registry-config")]
    public void A_file_that_is_missing_or_a_folder_is_exit_code_1_and_named(string option)
    {
        foreach (var path in new[] { _disk.Folder["missing"], _disk.Folder.MakeFolder("folder") })
        {
            var error = _disk.Fails(1, "--container", "127.0.0.1:1/a:1", option, path);
            Assert.Contains($"{option} {path}: ", error);
        }
    }

    [ToolTheory("mke2fs")]
    [InlineData("oci-archive:missing.tar", 1, "missing.tar")]
    [InlineData("docker-archive:missing.tar", 1, "missing.tar")]
    [InlineData("oci:missing", 1, "missing")]
    [InlineData("oci-archive:layout", 1, "oci:DIR")]
    [InlineData("oci:layout:nope", 1, "acme/app:1")]
    [InlineData("docker-archive:save.tar:nope:1", 1, "acme/app:1")]
    [InlineData("oci:empty", 3, "no OCI image layout")]
    [InlineData("oci-archive:save.tar", 3, "docker-archive:")]
    [InlineData("docker-archive:layout.tar", 3, "oci-archive:")]
    [InlineData("docker-archive:disk.img", 3, "disk.img")]
    public void A_place_without_the_image_is_told_and_what_there_is(string location, int code, string expected)
    {
        var image = TestImage.Create();
        TestLayouts.WriteDirectory(_disk.Folder["layout"], TestLayouts.Oci(image, "acme/app:1"));
        TestLayouts.WriteTar(_disk.Folder["layout.tar"], TestLayouts.Oci(image, "acme/app:1"));
        TestLayouts.WriteTar(_disk.Folder["save.tar"], TestLayouts.DockerSave(newLayout: false, gzip: false, (image, ["acme/app:1"])));
        _disk.Folder.MakeFolder("empty");
        var path = location.IndexOf(':') + 1;
        Assert.Contains(expected, _disk.Fails(code, "--container", location[..path] + _disk.Folder[location[path..]]));
    }

    [ToolTheory("mke2fs")]
    [InlineData("not json", "--ca", 3)]
    [InlineData("not json", "--registry-config", 3)]
    [InlineData("""{"auths": 5}""", "--registry-config", 3)]
    [InlineData("""{"auths": {"127.0.0.1:1": {"auth": "!"} } }""", "--registry-config", 3)]
    public void A_file_of_another_kind_is_exit_code_3_and_named(string content, string option, int code)
    {
        File.WriteAllText(_disk.Folder["file"], content);
        Assert.Contains(_disk.Folder["file"], _disk.Fails(code, "--container", "127.0.0.1:1/a:1", option, _disk.Folder["file"]));
    }

    [ToolTheory("mke2fs")]
    [InlineData("", "$")]
    [InlineData("{", "$")]
    [InlineData("[1]", "$[0]")]
    [InlineData("""{"apps": {"u": {"name": "a", "releases": {"c": {"id": 1, "services": {} } } } } }""", "$.apps.u")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "releases": {} } } }""", "$.apps.u.releases")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "class": "x", "releases": {"c": {"id": 1, "services": {} } } } } }""", "$.apps.u.class")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "releases": {"c": {"id": -1, "services": {} } } } } }""", "$.apps.u.releases.c.id")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "releases": {"c": {"id": 1, "services": {"!": {} } } } } } }""", "$.apps.u.releases.c.services")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "releases": {"c": {"id": 1, "services": {"m": {"id": 1, "image_id": 1, "image": "A B", "environment": {}, "labels": {} } } } } } } }""", "$.apps.u.releases.c.services.m.image")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "releases": {"c": {"id": 1, "services": {"m": {"id": 1, "image_id": 1, "image": "a", "environment": {"1a": ""}, "labels": {} } } } } } } }""", "$.apps.u.releases.c.services.m.environment")]
    [InlineData("""{"apps": {"u": {"id": 1, "name": "a", "releases": {"c": {"id": 1, "services": {"m": {"id": 1, "image_id": 1, "image": "a", "environment": {} } } } } } } }""", "$.apps.u.releases.c.services.m.labels")]
    [InlineData("""{"apps": {}, "config": {"x y": "1"} }""", "$.config")]
    [InlineData("""{"apps": {}, "pinDevice": 1}""", "$.pinDevice")]
    public void A_broken_apps_json_is_exit_code_3_with_file_and_place(string apps, string place)
    {
        File.WriteAllText(_disk.Folder["apps.json"], apps);
        Assert.Contains($"{_disk.Folder["apps.json"]}: {place}", _disk.Fails(3, "--apps", _disk.Folder["apps.json"]));
    }

    [ToolFact("mke2fs")]
    public void An_apps_json_with_nothing_in_it_is_packed_with_a_warning()
    {
        File.WriteAllText(_disk.Folder["apps.json"], "{}");
        var told = _disk.Pack("--apps", _disk.Folder["apps.json"]).Succeeded().Error;
        Assert.Contains("warning: ", told);
        Assert.Contains("ignores the file", told);
        Assert.Empty(_disk.Pack("--apps", _disk.Folder["apps.json"], "--quiet").Succeeded().Error);
    }

    [ToolFact("mke2fs", "mkfs.vfat")]
    public void A_fat_as_data_partition_is_exit_code_4_and_named()
    {
        var spec = DiskImages.OnePartition(_disk.Image, 16 << 20);
        HostTool.RunOk("mkfs.vfat", "-n", "RESIN-BOOT", "--offset", $"{spec.Start / 512}", _disk.Image, $"{spec.Length / 1024}");
        Assert.Contains("partition 1: its file system is fat", _disk.Fails(4, "--container", "127.0.0.1:1/a:1", "--data-partition", "1"));
    }
}
