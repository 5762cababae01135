using EtchStream.Formats;
using EtchStream.Formats.Checking;
using EtchStream.Oci;

namespace EtchStream.Check;

/// <summary>What the parts of a check share: where findings go, and who is told how far it is.</summary>
internal sealed class CheckRun(IProgress<CheckProgress>? progress, CancellationToken cancellationToken)
{
    /// <summary>More of one place are not shown: one broken store makes thousands.</summary>
    private const int MaxOfPlace = 100;

    private readonly List<CheckFinding> _findings = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The findings.</summary>
    public IReadOnlyList<CheckFinding> Findings
    {
        get
        {
            var all = new List<CheckFinding>(_findings);
            foreach (var (place, count) in _counts)
            {
                if (count > MaxOfPlace) all.Add(new CheckFinding(CheckSeverity.Error, place, $"and {count - MaxOfPlace} more findings"));
            }

            return all;
        }
    }

    /// <summary>Stops the check.</summary>
    public CancellationToken Cancellation => cancellationToken;

    /// <summary>Notes damage.</summary>
    public void Error(string place, string message) => Add(CheckSeverity.Error, place, message);

    /// <summary>Notes what a device can live with.</summary>
    public void Warn(string place, string message) => Add(CheckSeverity.Warning, place, message);

    /// <summary>Notes what a file system's check found.</summary>
    public void Add(string place, IEnumerable<StructureFinding> findings)
    {
        foreach (var finding in findings) Add(finding.IsError ? CheckSeverity.Error : CheckSeverity.Warning, place, finding.Message);
    }

    /// <summary>Does a part of the check; what keeps it from going on is a finding too.</summary>
    /// <returns>Whether it went to its end.</returns>
    public bool Try(string place, Action part)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            part();
            return true;
        }
        catch (Exception e) when (e is CorruptFormatException or CorruptImageException or DigestMismatchException or UnsafePathException or PartitionNotFoundException)
        {
            Error(place, e.Message);
        }
        catch (Exception e) when (e is UnsupportedFormatException or UnsupportedImageException)
        {
            Warn(place, $"not checked: {e.Message}");
        }

        return false;
    }

    /// <summary>Tells what is begun.</summary>
    public void Show(CheckPhase phase, string place) => progress?.Report(new CheckProgress(phase, place, _bytes));

    /// <summary>Counts bytes of layers.</summary>
    public void Advance(string place, long bytes)
    {
        _bytes += bytes;
        progress?.Report(new CheckProgress(CheckPhase.Layers, place, _bytes));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Add(CheckSeverity severity, string place, string message)
    {
        var count = _counts[place] = _counts.GetValueOrDefault(place) + 1;
        if (count <= MaxOfPlace) _findings.Add(new CheckFinding(severity, place, message));
    }
}
