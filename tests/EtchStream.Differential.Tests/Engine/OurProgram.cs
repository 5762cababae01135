using EtchStream.Cli;
using EtchStream.TestKit;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>Our program in this process, for tests that run it many times.</summary>
internal static class OurProgram
{
    /// <summary>Runs one command line.</summary>
    public static async Task<HostToolResult> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var exitCode = await CommandRunner.RunAsync(arguments, new Terminal
        {
            Out = output,
            Error = error,
            OpenOutput = () => throw new InvalidOperationException("nothing goes to standard output here"),
            OpenInput = () => throw new InvalidOperationException("nothing comes from standard input here"),
        });
        return new HostToolResult(exitCode, output.ToString(), error.ToString(), string.Join(' ', arguments));
    }
}
