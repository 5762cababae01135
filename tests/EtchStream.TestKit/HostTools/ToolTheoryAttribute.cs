using Xunit;
using Xunit.Sdk;

namespace EtchStream.TestKit;

/// <summary>The <see cref="TheoryAttribute"/> that goes with <see cref="ToolFactAttribute"/>.</summary>
[XunitTestCaseDiscoverer("EtchStream.TestKit.ToolTheoryDiscoverer", "EtchStream.TestKit")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute, IToolTest
{
    private bool _requiresRoot;

    /// <summary>Names the programs that the test runs.</summary>
    public ToolTheoryAttribute(params string[] tools)
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
