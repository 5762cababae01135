namespace EtchStream.Dataflow;

/// <summary>Tells a full disk from other errors of writing.</summary>
public static class DiskFull
{
    private const int NoSpace = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>True when the medium, or the user's share of it, is full.</summary>
    public static bool Is(IOException error) => error.HResult switch
    {
        NoSpace or WindowsDiskFull or WindowsHandleDiskFull => true,
        QuotaLinux => OperatingSystem.IsLinux(),
        QuotaMac => OperatingSystem.IsMacOS(),
        _ => false,
    };
}
