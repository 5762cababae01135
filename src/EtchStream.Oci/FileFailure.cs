using System.Runtime.InteropServices;

namespace EtchStream.Oci;

/// <summary>What .NET's file API throws, in this program's words: the path as the user gave it, what failed, and what to do.</summary>
internal static class FileFailure
{
    private const int LastErrno = 4095;

    /// <summary>Whether it is an error of the file API that <see cref="Of"/> has words for.</summary>
    public static bool Is(Exception error) => error is UnauthorizedAccessException || error.GetType() == typeof(IOException) || error is FileNotFoundException or DirectoryNotFoundException or PathTooLongException;

    /// <summary>The error to throw in place of another.</summary>
    /// <param name="error">What the file API threw.</param>
    /// <param name="path">The file, as messages call it.</param>
    /// <param name="doing">What was tried: "read", "write".</param>
    public static Exception Of(Exception error, string path, string doing = "read") => error switch
    {
        UnauthorizedAccessException => new UnauthorizedAccessException($"{path}: no permission to {doing} it; run as its owner or as root", error),
        FileNotFoundException or DirectoryNotFoundException => new FileNotFoundException($"{path}: no such file or folder", error),
        PathTooLongException => new IOException($"{path}: the name is too long", error),
        _ => new IOException($"{path}: it cannot be {(doing == "read" ? "read" : "written")}: {Reason(error)}", error) { HResult = error.HResult },
    };

    /// <summary>A file's content.</summary>
    /// <exception cref="IOException">It is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (Is(e))
        {
            throw Of(e, path);
        }
    }

    /// <inheritdoc cref="ReadAllBytes"/>
    public static async Task<byte[]> ReadAllBytesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Is(e))
        {
            throw Of(e, path);
        }
    }

    // The API's own message has the full path behind it, of a temporary file perhaps. Its number is the system's errno, but on Windows.
    private static string Reason(Exception error) =>
        !OperatingSystem.IsWindows() && error.HResult is > 0 and <= LastErrno ? Marshal.GetPInvokeErrorMessage(error.HResult) : error.Message.TrimEnd('.');
}
