using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Tests with a real engine: one after the other, on images that are made and pulled once, and when no other test runs.</summary>
/// <remarks>
/// An engine starts each container, and unpacks each layer, in a copy of the mounts there are. For that moment a file system that another
/// test unmounts stays mounted, its journal not replayed.
/// </remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>
{
    public const string Name = "Engine";
}
