namespace EtchStream.Check;

/// <summary>Something that is not as it should be in a disk image.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Place">Where: the partition table, a partition, the container engine's store, apps.json.</param>
/// <param name="Message">One line: what is wrong, and where it helps what it means or what to do.</param>
public sealed record CheckFinding(CheckSeverity Severity, string Place, string Message);

/// <summary>How bad a finding is.</summary>
public enum CheckSeverity
{
    /// <summary>Worth knowing; the device can live with it.</summary>
    Warning,

    /// <summary>Damage, or something that does not work on the device.</summary>
    Error,
}
