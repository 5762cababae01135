using System.Text.RegularExpressions;

namespace EtchStream.Cli;

/// <summary>What is said of an error: the one line, and what <c>--verbose</c> adds.</summary>
internal static partial class ErrorText
{
    /// <summary>The line. An error that no part of the program has words for is a defect of the program, and is told as one.</summary>
    public static string Of(Exception error) => IsForeseen(error)
        ? error.Message
        : $"a defect of this program: {error.GetType().Name}: {error.Message}; please report it with what --verbose says";

    /// <summary>What it was caused by, as far as that says something new, and where in the program each error of the chain came up, the first one first.</summary>
    public static IEnumerable<string> Details(Exception error)
    {
        var chain = Chain(error).ToList();
        var said = error.Message;
        foreach (var cause in chain.Skip(1).Where(c => !said.Contains(c.Message, StringComparison.Ordinal)))
        {
            said += "\n" + cause.Message;
            yield return $"caused by: {cause.Message}";
        }

        foreach (var one in chain.AsEnumerable().Reverse().Where(c => c.StackTrace is not null))
        {
            yield return $"{one.GetType().Name} came up";
            foreach (var line in LineEnd().Split(one.StackTrace!)) yield return $"   {line.Trim()}";
        }
    }

    private static bool IsForeseen(Exception error) =>
        error is IOException or UnauthorizedAccessException or NotSupportedException or HttpRequestException or OperationCanceledException or InvalidDataException || ExitCode.Of(error) != ExitCode.Failed;

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (Exception? one = error; one is not null; one = one.InnerException) yield return one;
    }

    [GeneratedRegex("\r?\n", RegexOptions.CultureInvariant)]
    private static partial Regex LineEnd();
}
