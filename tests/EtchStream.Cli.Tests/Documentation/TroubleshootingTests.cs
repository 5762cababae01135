using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>Every message of docs/troubleshooting.md is one that the program says, with the exit code of its group.</summary>
public sealed class TroubleshootingTests(DemoFiles demo) : IClassFixture<DemoFiles>
{
    public static TheoryData<string> Plain => [.. Scenarios.All.Keys];

    public static TheoryData<string> OfTheHost => [.. HostScenarios.All.Keys];

    [Fact]
    public void Each_message_has_a_scenario_and_each_scenario_a_message()
    {
        var messages = MessagePage.Messages.Select(m => m.Message).ToList();
        Assert.Equal(messages.Distinct(StringComparer.Ordinal), messages);
        Assert.Equal(messages.Order(StringComparer.Ordinal), Scenarios.All.Keys.Concat(HostScenarios.All.Keys).Order(StringComparer.Ordinal));
        Assert.All(MessagePage.Messages, m => Assert.Contains(m.ExitCode, ExitCode.Meanings.Select(e => e.Code)));
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public Task A_message_is_said(string message) => Produce(message, Scenarios.All[message]);

    [ToolTheory("mke2fs", "debugfs", "losetup", "mount", "umount", "setpriv", "unshare", "openssl", "tar", "mknod", "chmod", "kill", RequiresRoot = true)]
    [MemberData(nameof(OfTheHost))]
    public Task A_message_about_the_host_is_said(string message) => Produce(message, HostScenarios.All[message]);

    private async Task Produce(string message, Func<Bench, Task<HostToolResult>> scenario)
    {
        await using var bench = new Bench(demo);
        var result = await scenario(bench);
        var said = result.Error.Split('\n').Where(line => line.StartsWith("etchstream: ", StringComparison.Ordinal)).ToList();
        Assert.Single(said);
        Assert.Matches(MessagePage.Pattern(message), said[0]);
        Assert.Equal(MessagePage.Messages.Single(m => m.Message == message).ExitCode, result.ExitCode);
    }
}
