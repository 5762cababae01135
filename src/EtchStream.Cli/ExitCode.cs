using EtchStream.Archive.Signing;
using EtchStream.Balena;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Oci;

namespace EtchStream.Cli;

/// <summary>The program's exit codes, and the only place where errors become numbers.</summary>
internal static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>It failed for a reason that none of the others names: a file that is missing, a read error.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Input that is corrupt, truncated, or not what its digest says.</summary>
    public const int Corrupt = 3;

    /// <summary>A format or feature that is not supported.</summary>
    public const int Unsupported = 4;

    /// <summary>No space: in the partition, on the disk, on the output's file system.</summary>
    public const int NoSpace = 5;

    /// <summary>The network, or a registry.</summary>
    public const int Network = 6;

    /// <summary>Refused for safety.</summary>
    public const int Refused = 7;

    /// <summary>Interrupted: 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>What they mean, for help and manual page.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Done, "done"),
        (Failed, "failed (a file is missing, cannot be read, …)"),
        (Usage, "wrong command line"),
        (Corrupt, "input corrupt, truncated, or not what its digest says"),
        (Unsupported, "format or feature not supported"),
        (NoSpace, "no space in the partition or on the disk"),
        (Network, "network, web server or registry"),
        (Refused, "refused for safety"),
        (Interrupted, "interrupted"),
    ];

    /// <summary>The exit code for an error.</summary>
    public static int Of(Exception error) => error switch
    {
        OperationCanceledException => Interrupted,
        UsageException or InvalidKeyException => Usage,
        CorruptFormatException or CorruptImageException or DigestMismatchException or InvalidAppsException or InvalidDataException => Corrupt,

        // The archive and its own image contradict each other. Where the user named the partition, pack says it is usage.
        PartitionNotFoundException => Corrupt,
        UnsupportedFormatException or UnsupportedImageException => Unsupported,
        OutOfSpaceException => NoSpace,
        UnsafePathException or OutputRefusedException or UntrustedArchiveException => Refused,
        HttpRequestException => Network,
        IOException io when DiskFull.Is(io) => NoSpace,
        _ => Failed,
    };
}
