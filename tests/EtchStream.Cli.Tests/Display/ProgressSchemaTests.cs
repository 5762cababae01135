using System.Text.Json;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests.Display;

/// <summary>With <c>--progress json</c> standard error is what docs/progress.schema.json says; a validator that somebody else wrote judges.</summary>
public sealed class ProgressSchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Schema => Repository.File("docs/progress.schema.json");

    public void Dispose() => _folder.Dispose();

    [ToolFact("jsonschema")]
    public void Every_line_is_as_the_schema_says()
    {
        var example = Repository.File("fixtures/example");
        var archive = _folder["device.tar"];
        Judge(0, "done", "pack", "--image", Path.Combine(example, "disk.img.gz"), "--inject", $"data:/srv={Path.Combine(example, "payload.tar.gz")}", "-o", archive, "--progress", "json");
        Judge(0, "done", "unpack", archive, _folder["a.img"], "--verify", "--progress", "json");
        var failed = Judge(1, "error", "unpack", archive, _folder["b.img"], _folder["none/c.img"], "--progress", "json");
        Assert.Contains(failed, line => line.Contains("\"event\":\"output\"", StringComparison.Ordinal) && line.Contains("\"error\"", StringComparison.Ordinal));
        Judge(0, "done", "check", _folder["a.img"], "--progress", "json");
        using var cut = File.Open(archive, FileMode.Open);
        cut.SetLength(cut.Length / 2);
        cut.Close();
        Judge(3, "error", "unpack", archive, _folder["d.img"], "--verbose", "--progress", "json");
        Judge(2, "error", "unpack", archive, "--progress", "json");
        Judge(0, "done", "demo", _folder["demo"], "--progress", "json");
        Judge(3, "error", "unpack", archive, _folder["d.img"], "--quiet", "--progress", "json");
    }

    [ToolTheory("jsonschema")]
    [InlineData("""{"v":1,"event":"done","exitCode":0}""", true)]
    [InlineData("""{"v":1,"event":"done","exitCode":1}""", false)]
    [InlineData("""{"v":2,"event":"done","exitCode":0}""", false)]
    [InlineData("""{"event":"done","exitCode":0}""", false)]
    [InlineData("""{"v":1,"event":"progress","phase":"image","bytes":1,"elapsedSeconds":0.5,"entries":0}""", true)]
    [InlineData("""{"v":1,"event":"progress","phase":"image","bytes":-1,"elapsedSeconds":0.5,"entries":0}""", false)]
    [InlineData("""{"v":1,"event":"progress","phase":"images","bytes":1,"elapsedSeconds":0.5,"entries":0}""", false)]
    [InlineData("""{"v":1,"event":"progress","phase":"image","bytes":1,"elapsedSeconds":0.5,"entries":0,"waitingFor":"x"}""", false)]
    [InlineData("""{"v":1,"event":"warning"}""", false)]
    public void The_validator_notices_what_is_wrong(string line, bool isRight) => Assert.Equal(isRight, IsValid([line]));

    /// <summary>The lines of a phase name, an event or a member that the page does not explain would be of no use.</summary>
    [Fact]
    public void The_page_explains_what_the_schema_has()
    {
        var page = File.ReadAllText(Repository.File("docs/progress.md"));
        using var schema = JsonDocument.Parse(File.ReadAllText(Schema));
        foreach (var kind in schema.RootElement.GetProperty("properties").GetProperty("event").GetProperty("enum").EnumerateArray()) Explained(kind.GetString());
        foreach (var form in schema.RootElement.GetProperty("oneOf").EnumerateArray())
        {
            foreach (var member in form.GetProperty("properties").EnumerateObject())
            {
                if (member.Name is "v" or "event") continue;
                Explained(member.Name);
                if (member.Name == "phase") foreach (var phase in member.Value.GetProperty("enum").EnumerateArray()) Explained(phase.GetString());
            }
        }

        void Explained(string? name) => Assert.Contains($"`{name}`", page, StringComparison.Ordinal);
    }

    [ToolFact("jsonschema")]
    public void So_are_the_lines_that_the_page_shows()
    {
        var lines = File.ReadAllLines(Repository.File("docs/progress.md")).Where(l => l.StartsWith('{')).ToList();
        Assert.NotEmpty(lines);
        Assert.True(IsValid(lines));
    }

    private List<string> Judge(int exitCode, string last, params string[] arguments)
    {
        var result = CliProcess.Run(arguments);
        Assert.True(exitCode == result.ExitCode, result.Error);
        Assert.DoesNotContain("\"v\":", result.Output, StringComparison.Ordinal);
        List<string> lines = [.. result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.True(IsValid(lines), result.Error);
        Assert.StartsWith($$"""{"v":1,"event":"{{last}}",""", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines[..^1], l => l.Contains("\"event\":\"error\"", StringComparison.Ordinal) || l.Contains("\"event\":\"done\"", StringComparison.Ordinal));
        return lines;
    }

    private bool IsValid(List<string> lines)
    {
        List<string> arguments = [];
        var folder = _folder.MakeFolder(Guid.NewGuid().ToString("N"));
        for (var i = 0; i < lines.Count; i++)
        {
            var file = Path.Combine(folder, $"{i}.json");
            File.WriteAllText(file, lines[i]);
            arguments.AddRange(["-i", file]);
        }

        return HostTool.Run("jsonschema", [.. arguments, Schema]).ExitCode == 0;
    }
}
