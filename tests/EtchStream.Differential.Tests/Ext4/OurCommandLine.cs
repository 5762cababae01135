using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>Our program as users run it: a process of its own.</summary>
internal static class OurCommandLine
{
    /// <summary>Runs <c>etchstream</c> with these arguments.</summary>
    public static HostToolResult Run(params string[] arguments) => Run(default, arguments);

    /// <summary>Runs <c>etchstream</c> with bytes on its standard input.</summary>
    public static HostToolResult Run(ReadOnlyMemory<byte> input, params string[] arguments) =>
        HostTool.Run(new HostToolCall(EtchStreamProgram.Path, arguments) { Input = input });

    /// <summary>The same command line for another program to run.</summary>
    public static IEnumerable<string> Of(params string[] arguments) => [EtchStreamProgram.Path, .. arguments];
}
