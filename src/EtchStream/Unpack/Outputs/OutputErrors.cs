using EtchStream.Formats;

namespace EtchStream.Unpack.Outputs;

/// <summary>What to say when the output's disk is full.</summary>
internal static class OutputErrors
{
    /// <summary>The error for a full disk.</summary>
    public static OutOfSpaceException OutOfSpace(string path, long needed, IOException inner)
    {
        long available = 0;
        try
        {
            available = new DriveInfo(System.IO.Path.GetDirectoryName(path) ?? "/").AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Only the message suffers.
        }

        return new OutOfSpaceException($"{path}: no space left on its disk ({available} bytes free; the image needs up to {needed} bytes)", needed, available, inner);
    }
}
