using System.Text.RegularExpressions;
using EtchStream.TestKit.Engine;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>The warnings and errors in an engine's log.</summary>
internal static partial class EngineComplaints
{
    private const int Length = 60;

    /// <summary>Each kind of message once: its beginning, without what differs from run to run.</summary>
    public static IReadOnlySet<string> In(string messages) => Complaint().Matches(messages)
        .Select(match => Varying().Replace(match.Groups[1].Value, "#"))
        .Select(text => text[..Math.Min(Length, text.Length)])
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>What the engine on this machine complains of in any case: it pulls, runs and removes.</summary>
    public static async Task<IReadOnlySet<string>> UsualAsync(PulledImages pulled)
    {
        await using var engine = await DockerEngine.StartAsync(pulled.Volume["usual"]);
        engine.Docker("pull", "-q", pulled.Built.ByTag);
        engine.Docker("run", "--rm", "--network", "none", pulled.Built.ByTag);
        engine.Docker("rmi", "-f", pulled.Built.ByTag);
        engine.Docker("system", "prune", "-a", "-f");
        return In(engine.Messages);
    }

    [GeneratedRegex(@"^time=\S+ level=(?:warning|error|fatal|panic) msg=(.*)$", RegexOptions.Multiline, 10_000)]
    private static partial Regex Complaint();

    [GeneratedRegex(@"[0-9a-f]{12,}|\d+|/[^\s""]+", RegexOptions.None, 10_000)]
    private static partial Regex Varying();
}
