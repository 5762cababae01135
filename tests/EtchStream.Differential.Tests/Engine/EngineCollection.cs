using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Tests with a real engine: one after the other, on images that are made and pulled once.</summary>
[CollectionDefinition(Name)]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>
{
    public const string Name = "Engine";
}
