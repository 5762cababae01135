using EtchStream.Formats;

namespace EtchStream.Unpack;

/// <summary>Tells a full disk from other errors of writing.</summary>
internal static class OutputErrors
{
    private const int NoSpace = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>True when the medium, or the user's share of it, is full.</summary>
    public static bool IsOutOfSpace(IOException error) => error.HResult switch
    {
        NoSpace or WindowsDiskFull or WindowsHandleDiskFull => true,
        QuotaLinux => OperatingSystem.IsLinux(),
        QuotaMac => OperatingSystem.IsMacOS(),
        _ => false,
    };

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
