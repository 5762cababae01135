using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Cli.Tests.Packages;

/// <summary>What is in the packages, and that the SDK takes them: as a tool, and as libraries for the samples that users read first.</summary>
public sealed class NuGetPackageTests(PackedPackages packages) : IClassFixture<PackedPackages>
{
    private const long DataStart = 17L << 20;
    private const long DataLength = 24L << 20;

    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["PackAndUnpack"] = "EtchStream",
        ["ReadFromExt4"] = "EtchStream.Formats",
        ["WriteToExt4"] = "EtchStream.Formats",
        ["ListTar"] = "EtchStream.Formats",
        ["ListLayers"] = "EtchStream.Oci",
    };

    [Fact]
    public void Each_package_says_what_it_is()
    {
        Assert.Equal(["EtchStream", "EtchStream.Cli", "EtchStream.Formats", "EtchStream.Oci"], packages.Own.Select(p => Value(Nuspec(p), "id")).Order(StringComparer.Ordinal));
        foreach (var package in packages.Own)
        {
            var nuspec = Nuspec(package);
            Assert.Equal(ProductVersion.Text, Value(nuspec, "version"));
            Assert.Equal("Apache-2.0", Value(nuspec, "license"));
            Assert.Equal("README.md", Value(nuspec, "readme"));
            Assert.NotEmpty(Value(nuspec, "tags"));
            Assert.DoesNotContain("Package Description", Value(nuspec, "description"), StringComparison.Ordinal);
            Assert.DoesNotContain(nuspec.Descendants(), e => e.Name.LocalName is "repository" or "projectUrl");
            // What they see of each other is not a contract: they are updated together.
            Assert.All(Dependencies(nuspec).Where(d => d.Id.StartsWith("EtchStream", StringComparison.Ordinal)), d => Assert.Equal($"[{ProductVersion.Text}]", d.Version));
        }
    }

    [Fact]
    public void The_libraries_hold_their_documentation_and_nothing_else()
    {
        foreach (var (package, assembly) in new[] { ("EtchStream", "EtchStream.Core"), ("EtchStream.Formats", "EtchStream.Formats"), ("EtchStream.Oci", "EtchStream.Oci") })
        {
            using var zip = ZipFile.OpenRead(Path.Combine(packages.Source, $"{package}.{ProductVersion.Text}.nupkg"));
            Assert.Equal([$"lib/net10.0/{assembly}.dll", $"lib/net10.0/{assembly}.xml"], zip.Entries.Select(e => e.FullName).Where(n => n.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            using var readme = new StreamReader(zip.GetEntry("README.md")!.Open());
            Assert.Equal(File.ReadAllText(Repository.File($"src/{package}/README.md")), readme.ReadToEnd());
        }

        Assert.DoesNotContain(Dependencies(Nuspec(packages.Own.Single(p => Path.GetFileName(p).StartsWith("EtchStream.Formats", StringComparison.Ordinal)))), d => d.Id.StartsWith("EtchStream", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_build_gives_the_same_bytes_and_the_folder_is_not_among_them()
    {
        var again = packages.Folder.MakeFolder("again");
        PackedPackages.Pack(again);
        foreach (var package in packages.Own)
        {
            Assert.True(File.ReadAllBytes(package).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(again, Path.GetFileName(package)))), $"{package}: packed twice, and not the same");
            using var zip = ZipFile.OpenRead(package);
            foreach (var entry in zip.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open()) stream.CopyTo(content);
                Assert.True(content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)) < 0, $"{package}, {entry.FullName}: it holds the folder it was built in");
            }
        }
    }

    [ToolFact("e2fsck")]
    public void The_tool_installs_from_a_folder_and_runs()
    {
        packages.DotNet("tool", "install", "EtchStream.Cli", "--tool-path", packages.Folder["tool"], "--add-source", packages.Source);
        var tool = packages.Folder["tool/etchstream"];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host) environment["DOTNET_ROOT"] = Path.GetDirectoryName(host)!;
        Assert.Equal($"etchstream {ProductVersion.Text}\n", HostTool.Run(new HostToolCall(tool, "--version") { Environment = environment }).Succeeded().Output);
        HostTool.Run(new HostToolCall(tool, "demo", packages.Folder["demo"]) { Environment = environment }).Succeeded();
        Nothing.Wrong("complaints of e2fsck", new Ext4Image(packages.Folder["demo/flashed.img"], DataStart, DataLength).Check());
    }

    [ToolFact("e2fsck", "debugfs")]
    public void The_samples_compile_against_the_packages_alone_and_do_what_they_say()
    {
        foreach (var (sample, package) in Samples) WriteProject(sample, package);
        File.WriteAllText(packages.Folder["samples.slnx"], $"<Solution>{string.Concat(Samples.Keys.Select(s => $"<Project Path=\"{s}/{s}.csproj\"/>"))}</Solution>");
        packages.DotNet("build", "samples.slnx", "-c", "Release", "--nologo", "-v", "quiet");
        var work = packages.Folder.MakeFolder("work");
        foreach (var file in (string[])["disk.img.gz", "payload.tar.gz"]) File.Copy(Repository.File($"fixtures/example/{file}"), Path.Combine(work, file));
        var layers = TestImage.Create("linux/arm64");
        TestLayouts.WriteDirectory(Path.Combine(work, "image"), TestLayouts.Oci(layers));

        Assert.Matches(@"^data: 30 files, \d+ bytes free\n$", Run("PackAndUnpack", work));
        Assert.Equal("This file was on the data partition before.\n", Run("ReadFromExt4", work));
        Assert.Equal("", Run("WriteToExt4", work));
        Assert.Contains("File inject/data/srv/bin/serve", Run("ListTar", work), StringComparison.Ordinal);
        Assert.StartsWith($"{layers.ImageId}\n", Run("ListLayers", work), StringComparison.Ordinal);

        var disk = new Ext4Image(Path.Combine(work, "flashed.img"), DataStart, DataLength);
        Nothing.Wrong("complaints of e2fsck", disk.Check());
        Assert.Equal("unit-0042\n", disk.DebugFs("cat /etc/hostname"));
        Assert.Contains("Mode:  0644", disk.DebugFs("stat /etc/hostname"), StringComparison.Ordinal);
        Assert.Contains("exec httpd", disk.DebugFs("cat /srv/bin/serve"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_examples_of_the_packages_are_the_samples()
    {
        foreach (var package in Samples.Values.Distinct(StringComparer.Ordinal))
        {
            var readme = File.ReadAllText(Repository.File($"src/{package}/README.md"));
            var shown = readme.Split("```csharp\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)]);
            Assert.Equal(Samples.Where(s => s.Value == package).Select(s => File.ReadAllText(Repository.File($"fixtures/samples/{s.Key}.cs"))), shown);
        }

        Assert.Equal(Samples.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Repository.File("fixtures/samples"), "*.cs").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
    }

    private static XDocument Nuspec(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        using var stream = zip.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream);
    }

    private static string Value(XDocument nuspec, string name) => nuspec.Descendants().Single(e => e.Name.LocalName == name).Value;

    private static IEnumerable<(string Id, string Version)> Dependencies(XDocument nuspec) =>
        nuspec.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => (e.Attribute("id")!.Value, e.Attribute("version")!.Value));

    private void WriteProject(string sample, string package)
    {
        packages.Folder.MakeFolder(sample);
        File.WriteAllText(packages.Folder[$"{sample}/{sample}.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{Repository.File($"fixtures/samples/{sample}.cs")}" />
                <PackageReference Include="{package}" Version="{ProductVersion.Text}" />
              </ItemGroup>
            </Project>
            """);
    }

    private string Run(string sample, string work) => packages.RunIn(work, packages.Folder[$"{sample}/bin/Release/net10.0/{sample}.dll"]).Output;
}
