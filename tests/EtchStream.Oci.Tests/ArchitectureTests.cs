using Xunit;

namespace EtchStream.Oci.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_image_library_stands_alone() =>
        Assert.DoesNotContain(typeof(Digest).Assembly.GetReferencedAssemblies(), a => a.Name!.StartsWith("EtchStream", StringComparison.OrdinalIgnoreCase));
}
