using EtchStream.Dataflow;
using EtchStream.Formats;

namespace EtchStream.Unpack.Splicing;

/// <summary>Which errors are told with the place where they happened.</summary>
internal static class EntryContext
{
    /// <summary>True for errors about the input or the disk; bugs and cancellation pass as they are.</summary>
    public static bool Describes(Exception error) => error is IOException or UnsupportedFormatException;

    /// <summary>Runs a stage and puts <paramref name="input"/>, the archive's name, in front of errors about its content.</summary>
    public static async Task RunAsync(string input, Func<Task> stage)
    {
        try
        {
            await stage().ConfigureAwait(false);
        }
        catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException or UnsafePathException or PartitionNotFoundException)
        {
            throw ErrorContext.Wrap(e, input);
        }
    }
}
