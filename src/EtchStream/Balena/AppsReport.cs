namespace EtchStream.Balena;

/// <summary>What comes up while an apps.json is read.</summary>
internal sealed class AppsReport
{
    /// <summary>More are counted, but not kept: a hostile file must not turn into a list many times its size.</summary>
    public const int MaxKept = 1000;

    private readonly List<AppsFinding> _problems = [];
    private readonly List<AppsFinding> _warnings = [];
    private readonly HashSet<string> _warnedOnce = [];

    public IReadOnlyList<AppsFinding> Problems => _problems;

    public int ProblemCount { get; private set; }

    public IReadOnlyList<AppsFinding> Warnings => _warnings;

    public List<AppsService> Services { get; } = [];

    public void Problem(JsonPath path, string rule)
    {
        ProblemCount++;
        if (_problems.Count < MaxKept) _problems.Add(new AppsFinding(path.Text, rule));
    }

    public void Warn(JsonPath path, string text)
    {
        if (_warnings.Count < MaxKept) _warnings.Add(new AppsFinding(path.Text, text));
    }

    /// <summary>Warns at the first place only, where every further one would say the same.</summary>
    public void WarnOnce(JsonPath path, string text)
    {
        if (_warnedOnce.Add(text)) Warn(path, text);
    }
}
