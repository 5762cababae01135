using EtchStream.Formats;
using EtchStream.Oci;

namespace EtchStream.Dataflow;

/// <summary>Adds to an error where it happened, and keeps its type, by which exit codes and callers tell errors apart.</summary>
internal static class ErrorContext
{
    /// <summary>The same error, with <paramref name="context"/> in front of its message.</summary>
    public static Exception Wrap(Exception error, string context) => error switch
    {
        CorruptFormatException e => new CorruptFormatException($"{context}: {e.Structure}", e.Offset, e.Problem, e),
        OutOfSpaceException e => new OutOfSpaceException($"{context}: {e.Message}", e.Needed, e.Available, e),
        UnsupportedFormatException e => new UnsupportedFormatException(e.Feature, Join(context, e.Message), e),
        UnsafePathException e => new UnsafePathException(context.EndsWith(e.Path, StringComparison.Ordinal) ? context : $"{context}: {e.Path}", e.Problem, e),
        DigestMismatchException e => new DigestMismatchException($"{context}: {e.Subject}", e.Expected, e.Actual, e.Hint, e),
        PartitionNotFoundException e => new PartitionNotFoundException(e.Selector, $"{context}: {e.Message}", e),
        IOException e when e.GetType() == typeof(IOException) => new IOException($"{context}: {e.Message}", e) { HResult = e.HResult },
        _ => error,
    };

    /// <summary>The same error, with the file's name in front where its message does not have it.</summary>
    public static Exception Name(Exception error, string file) => error.Message.Contains(file, StringComparison.Ordinal) ? error : Wrap(error, file);

    /// <summary>A message that begins with the path with which the context ends names it once.</summary>
    private static string Join(string context, string message)
    {
        var colon = message.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && context.EndsWith($"path {message[..colon]}", StringComparison.Ordinal) ? context + message[colon..] : $"{context}: {message}";
    }
}
