using System.Text.Json.Nodes;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>An engine that runs on what our program packed; started when the first test asks.</summary>
public sealed class PackedEngineFixture : IAsyncLifetime
{
    private readonly Lazy<Task<DockerEngine>> _engine;

    public PackedEngineFixture(EngineFixture fixture) =>
        _engine = new Lazy<Task<DockerEngine>>(async () => await DockerEngine.StartAsync((await fixture.PackedAsync()).Together.Packed.DataRoot));

    /// <summary>The engine. Tests may add to its images, and take none away.</summary>
    public Task<DockerEngine> EngineAsync() => _engine.Value;

    /// <summary>What a data root's list of images says: references and image IDs, in order.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Repositories(string dataRoot)
    {
        var list = JsonNode.Parse(File.ReadAllBytes(Path.Combine(dataRoot, "image/overlay2/repositories.json")))!["Repositories"]!.AsObject();
        return [.. list.SelectMany(repository => repository.Value!.AsObject()).Select(name => KeyValuePair.Create(name.Key, (string)name.Value!))];
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_engine.IsValueCreated) await (await _engine.Value).DisposeAsync();
    }
}
