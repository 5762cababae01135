using Xunit.Abstractions;
using Xunit.Sdk;

namespace EtchStream.TestKit;

/// <summary>Turns a <see cref="ToolFactAttribute"/> whose tools are missing, but required, into a test that fails and says why.</summary>
public sealed class ToolFactDiscoverer(IMessageSink diagnosticMessageSink) : IXunitTestCaseDiscoverer
{
    private readonly FactDiscoverer _inner = new(diagnosticMessageSink);

    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        ToolTestFailure.For(diagnosticMessageSink, discoveryOptions, testMethod, factAttribute) ?? _inner.Discover(discoveryOptions, testMethod, factAttribute);
}

/// <summary>The same for <see cref="ToolTheoryAttribute"/>.</summary>
public sealed class ToolTheoryDiscoverer(IMessageSink diagnosticMessageSink) : IXunitTestCaseDiscoverer
{
    private readonly TheoryDiscoverer _inner = new(diagnosticMessageSink);

    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute) =>
        ToolTestFailure.For(diagnosticMessageSink, discoveryOptions, testMethod, theoryAttribute) ?? _inner.Discover(discoveryOptions, testMethod, theoryAttribute);
}

internal static class ToolTestFailure
{
    public static IEnumerable<IXunitTestCase>? For(IMessageSink sink, ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo attribute)
    {
        var missing = attribute.GetNamedArgument<string?>(nameof(IToolTest.Missing));
        return missing is null || !HostPackages.AreRequired
            ? null
            : [new ExecutionErrorTestCase(sink, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, missing)];
    }
}
