using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using EtchStream.Tests.Unpack;
using Xunit;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>Layers by chance: their files are those of a model that unpacks as an engine does, and where it is promised, their tar is rebuilt from outside of them.</summary>
[Collection(PipelineCollection.Name)]
public sealed class LayerRandomTests
{
    private const int Entries = 16;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_layer_by_chance_becomes_what_an_engine_makes_of_it(int seed)
    {
        var (replayed, refused, lost) = (0, 0, 0);
        for (var i = 0; i < (Soak.IsOn ? 50_000 : 250); i++)
        {
            var random = new Random((seed * 1_000_000) + i);
            var layer = new List<RandomEntry>();
            for (var n = 0; n < Entries; n++)
            {
                layer.Add(RandomEntry.Next(random));
                if (await IsRefusedAsync(layer))
                {
                    layer.RemoveAt(layer.Count - 1);
                    refused++;
                }
            }

            if (await ReplaysAsync(layer)) replayed++;
            else lost++;
        }

        // A test of nothing but refusals, or of nothing that is lost, would say little.
        Assert.True(replayed > 20 && refused > 100 && lost > 20, $"{replayed} replayed, {refused} refused, {lost} lost");
    }

    private static async Task<bool> IsRefusedAsync(List<RandomEntry> layer)
    {
        var model = new EngineModel();
        string? problem = null;
        try
        {
            foreach (var entry in layer) model.Apply(entry);
        }
        catch (EngineModel.RefusedException e)
        {
            problem = e.Message;
        }

        try
        {
            var translated = await LayerModel.OfAsync(Tar(layer));
            Assert.True(problem is null, $"an engine refuses {layer[^1]}, {problem}: {Text(layer)}");
            var names = translated.RecordNames.OfType<string>().Select(LayerModel.Clean).ToList();
            Assert.True(!translated.CanReplay || names.Distinct(StringComparer.Ordinal).Count() == names.Count, $"a name twice, {string.Join(' ', names)}: {Text(layer)}");
        }
        catch (CorruptFormatException e)
        {
            Assert.True(problem is not null, $"an engine takes {layer[^1]}, {e.Message}: {Text(layer)}");
            return true;
        }

        return false;
    }

    private static async Task<bool> ReplaysAsync(List<RandomEntry> entries)
    {
        var model = new EngineModel();
        foreach (var entry in entries) model.Apply(entry);
        var tar = Tar(entries);
        var layer = LayerRuns.Layer(tar, tar);
        var (segment, canReplay) = await LayerRuns.RunAsync(layer);
        var replay = await LayerRuns.ReadAsync(layer, segment);
        Assert.True(model.Lines.SequenceEqual(replay.Diff.Lines, StringComparer.Ordinal), $"engine:\n{string.Join('\n', model.Lines)}\nhere:\n{string.Join('\n', replay.Diff.Lines)}\nfor {Text(entries)}");
        if (!canReplay) return false;
        try
        {
            Assert.Equal(layer.Layer.DiffId.Digest, Digest.Sha256(replay.Rebuild(model.OpenFromOutside)));
        }
        catch (InvalidOperationException e)
        {
            Assert.Fail($"{e.Message}: {Text(entries)}");
        }

        return true;
    }

    private static byte[] Tar(List<RandomEntry> entries)
    {
        var tar = new LayerTar();
        foreach (var entry in entries) entry.AddTo(tar);
        return tar.End();
    }

    private static string Text(List<RandomEntry> entries) => string.Join("; ", entries);
}
