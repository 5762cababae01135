using Xunit;
using Xunit.Sdk;

namespace EtchStream.TestKit;

/// <summary>
/// A test that uses programs of the host. Without them it is skipped with a line that says what to install;
/// with <c>ETCHSTREAM_REQUIRE_TOOLS=1</c> it fails instead, so that the continuous integration cannot skip in silence.
/// </summary>
[XunitTestCaseDiscoverer("EtchStream.TestKit.ToolFactDiscoverer", "EtchStream.TestKit")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute, IToolTest
{
    private bool _requiresRoot;

    /// <summary>Names the programs that the test runs.</summary>
    public ToolFactAttribute(params string[] tools)
    {
        Tools = tools;
        Decide();
    }

    /// <inheritdoc/>
    public string[] Tools { get; }

    /// <inheritdoc/>
    public string? Missing { get; private set; }

    /// <inheritdoc/>
    public bool RequiresRoot
    {
        get => _requiresRoot;
        set
        {
            _requiresRoot = value;
            Decide();
        }
    }

    private void Decide()
    {
        Missing = HostPackages.WhyNot(Tools, RequiresRoot);
        if (Missing is not null && !HostPackages.AreRequired) Skip = Missing;
    }
}
