using System.Reflection;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.PublicApi;

/// <summary>
/// What the libraries show to others is written down beside this file: a change of it is seen in review, and is no accident. To accept one, run
/// the test with ETCHSTREAM_ACCEPT_API=1.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("EtchStream.Formats")]
    [InlineData("EtchStream.Oci")]
    [InlineData("EtchStream.Core")]
    public void The_public_surface_is_the_one_that_is_written_down(string assembly)
    {
        var file = Path.Combine(Repository.Root, "tests", "EtchStream.Tests", "PublicApi", assembly + ".txt");
        var now = PublicSurface.Of(Assembly.Load(assembly)).ToList();
        if (Environment.GetEnvironmentVariable("ETCHSTREAM_ACCEPT_API") == "1") File.WriteAllLines(file, now);
        var before = File.ReadAllLines(file);
        Nothing.Wrong("new in the public surface", [.. now.Except(before, StringComparer.Ordinal)]);
        Nothing.Wrong("gone from the public surface", [.. before.Except(now, StringComparer.Ordinal)]);
    }

    [Fact]
    public void A_change_is_seen()
    {
        var lines = PublicSurface.Of(typeof(UnpackPipeline).Assembly).ToList();
        Assert.Contains(lines, line => line.Contains("UnpackPipeline.RunAsync(UnpackOptions options, IProgress<UnpackProgress> progress, CancellationToken cancellationToken)", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("IFileSystemOpener", StringComparison.Ordinal));
    }
}
