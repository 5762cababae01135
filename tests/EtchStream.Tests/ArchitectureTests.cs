using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using EtchStream.Archive;
using EtchStream.Formats.Tar;
using EtchStream.Oci;
using Xunit;

namespace EtchStream.Tests;

/// <summary>
/// Who may know whom: the libraries form Cli → EtchStream → {Oci, Formats}; inside EtchStream, Pack and Unpack meet only in
/// Archive and Dataflow. Read from the compiled code, so that neither a using nor its lack can deceive.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly string Core = typeof(ArchiveNames).Assembly.Location;
    private static readonly string Formats = typeof(TarReader).Assembly.Location;
    private static readonly string Oci = typeof(DigestMismatchException).Assembly.Location;

    [Fact]
    public void Formats_and_Oci_know_neither_each_other_nor_what_is_above()
    {
        Assert.DoesNotContain(ReferencesOf(Formats), name => name.StartsWith("EtchStream", StringComparison.Ordinal) || name == "etchstream");
        Assert.DoesNotContain(ReferencesOf(Oci), name => name.StartsWith("EtchStream", StringComparison.Ordinal) || name == "etchstream");
    }

    [Fact]
    public void The_library_does_not_know_the_command_line()
    {
        Assert.DoesNotContain(ReferencesOf(Core), name => name is "etchstream" or "CommandLine");
        Assert.Contains("EtchStream.Formats", ReferencesOf(Core));
    }

    [Fact]
    public void Pack_does_not_know_Unpack() => Assert.Empty(Uses(Core, "EtchStream.Pack", "EtchStream.Unpack"));

    [Fact]
    public void Unpack_does_not_know_Pack() => Assert.Empty(Uses(Core, "EtchStream.Unpack", "EtchStream.Pack"));

    [Theory]
    [InlineData("EtchStream.Archive")]
    [InlineData("EtchStream.Dataflow")]
    [InlineData("EtchStream.Engine")]
    [InlineData("EtchStream.Balena")]
    [InlineData("EtchStream.Trees")]
    [InlineData("EtchStream.Sources")]
    [InlineData("EtchStream.Check")]
    public void What_they_share_knows_neither_of_them(string shared)
    {
        Assert.Empty(Uses(Core, shared, "EtchStream.Pack"));
        Assert.Empty(Uses(Core, shared, "EtchStream.Unpack"));
    }

    [Fact]
    public void Formats_has_neither_network_nor_processes_in_it()
    {
        Assert.DoesNotContain("System.Net.Http", ReferencesOf(Formats));
        Assert.DoesNotContain("System.Diagnostics.Process", ReferencesOf(Formats));
        Assert.DoesNotContain("System.Diagnostics.Process", ReferencesOf(Core));
    }

    /// <summary>The check itself sees: a type in a signature, in a method's body only, in a lambda's body, as a generic's argument.</summary>
    [Theory]
    [InlineData(nameof(Samples.InSignature))]
    [InlineData(nameof(Samples.InBody))]
    [InlineData(nameof(Samples.InLambda))]
    [InlineData(nameof(Samples.AsArgument))]
    [InlineData(nameof(Samples.AsField))]
    [InlineData(nameof(Samples.AsBase))]
    public void A_violation_is_noticed(string sample)
    {
        var uses = Uses(typeof(ArchitectureTests).Assembly.Location, $"EtchStream.Tests.Samples.{sample}", "EtchStream.Tests.Forbidden");
        Assert.NotEmpty(uses);
    }

    [Fact]
    public void What_is_no_violation_is_not_reported() =>
        Assert.Empty(Uses(typeof(ArchitectureTests).Assembly.Location, "EtchStream.Tests.Samples.Clean", "EtchStream.Tests.Forbidden"));

    private static List<string> ReferencesOf(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    private static List<string> Uses(string assembly, string from, string to)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        return new TypeUses(image).Find(from, to);
    }
}
