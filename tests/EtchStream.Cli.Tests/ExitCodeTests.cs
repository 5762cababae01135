using EtchStream.Balena;
using EtchStream.Dataflow;
using EtchStream.Formats;
using Xunit;

namespace EtchStream.Cli.Tests;

public sealed class ExitCodeTests
{
    public static TheoryData<Exception, int> Errors => new()
    {
        { new IOException("x"), 1 },
        { new FileNotFoundException("x"), 1 },
        { new UnauthorizedAccessException("x"), 1 },
        { new PartitionNotFoundException("6", "x"), 3 },
        { new InvalidOperationException("x"), 1 },
        { new UsageException("x"), 2 },
        { new CorruptFormatException("x", 0, "y"), 3 },
        { new InvalidAppsException("x", "$", "y"), 3 },
        { new InvalidDataException("x"), 3 },
        { new UnsupportedFormatException("x", "y"), 4 },
        { new OutOfSpaceException("x"), 5 },
        { new IOException("x", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28), 5 },
        { new HttpRequestException("x"), 6 },
        { new UnsafePathException("x", "y"), 7 },
        { new OutputRefusedException("x", "y"), 7 },
        { new OperationCanceledException("x"), 130 },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Each_error_has_its_number(Exception error, int code) => Assert.Equal(code, ExitCode.Of(error));
}
