using System.Text;
using EtchStream.TestKit;
using EtchStream.TestKit.Engine;
using Xunit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>The engine does with the test images what they say it does.</summary>
[Collection(EngineCollection.Name)]
public sealed class EngineImageTests(EngineFixture fixture)
{
    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task The_engine_accepts_and_refuses_as_expected()
    {
        var pulled = await fixture.PulledAsync();
        Nothing.Wrong("unexpected answers", [.. pulled.Results.Select(result => Complaint(result.Key, result.Value)).OfType<string>()]);
        Assert.InRange(pulled.Results.Keys.Count(image => image.IsAccepted), 110, 300);
        Assert.InRange(pulled.Results.Keys.Count(image => !image.IsAccepted), 40, 100);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task The_engine_saves_an_image_again_exactly_where_replaying_its_layers_gives_their_diff_IDs()
    {
        var pulled = await fixture.PulledAsync();
        using var folder = new TemporaryFolder();
        var wrong = new List<string>();
        foreach (var root in pulled.Roots)
        {
            var broken = EngineStore.Read(root.Path).NotReplayed().Select(line => line[..71]).ToHashSet(StringComparer.Ordinal);
            Assert.NotEmpty(broken);
            await using var engine = await DockerEngine.StartAsync(root.Path);

            // An image without layers is not saved: there is nothing to export.
            foreach (var image in root.Accepted.Where(image => image.Source?.Layers.Length != 0))
            {
                var isSaved = engine.Run("save", "-o", folder["image.tar"], image.ByTag).ExitCode == 0;
                var isReplayed = image.Source?.ChainIds.All(chain => !broken.Contains(chain)) ?? true;
                if (isSaved != image.IsReplayed) wrong.Add($"'{image}': docker save {(isSaved ? "works" : "fails")}");
                if (isReplayed != image.IsReplayed) wrong.Add($"'{image}': replaying it {(isReplayed ? "works" : "fails")}");
            }
        }

        Nothing.Wrong("images that the engine and the replay take differently", wrong);
    }

    [ToolFact("dockerd", "docker-registry", "busybox", "umoci", "bsdtar", RequiresRoot = true)]
    public async Task Containers_of_pulled_images_print_what_is_expected_of_them()
    {
        var pulled = await fixture.PulledAsync();
        await using var engine = await DockerEngine.StartAsync(pulled.Volume["run"]);
        engine.Docker("pull", "-q", pulled.Built.ByDigest);
        Assert.Equal(EngineBuild.Output, engine.Docker("run", "--rm", "--network", "none", pulled.Built.ByDigest));
        engine.Docker("pull", "-q", pulled.Checked.ByDigest);
        var told = engine.Docker(["run", "--rm", "--network", "none", "--user", CheckImage.User, pulled.Checked.ByDigest, .. CheckImage.Command]);
        Assert.Equal(CheckImage.Transcript, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(told)));
    }

    private static string? Complaint(PushedImage image, HostToolResult result)
    {
        if (result.ExitCode == 0) return image.IsAccepted ? null : $"'{image}' should be refused with '{image.Refusal}'";
        return image.Refusal is { } text && result.Error.Contains(text, StringComparison.Ordinal) ? null : $"'{image}': {result.Error.Trim()}";
    }
}
