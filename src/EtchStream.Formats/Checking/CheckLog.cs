namespace EtchStream.Formats.Checking;

/// <summary>Collects what a check finds, as much of it as anybody reads.</summary>
internal sealed class CheckLog
{
    /// <summary>More are counted only: one broken table makes thousands.</summary>
    private const int MaxKept = 100;

    private readonly List<StructureFinding> _findings = [];
    private long _moreErrors;
    private long _moreWarnings;

    /// <summary>All findings, the last ones telling how many more there were.</summary>
    public IReadOnlyList<StructureFinding> Findings
    {
        get
        {
            var all = new List<StructureFinding>(_findings);
            if (_moreErrors > 0) all.Add(new StructureFinding(IsError: true, $"and {_moreErrors} more errors"));
            if (_moreWarnings > 0) all.Add(new StructureFinding(IsError: false, $"and {_moreWarnings} more warnings"));
            return all;
        }
    }

    /// <summary>Notes damage.</summary>
    public void Error(string message)
    {
        if (_findings.Count < MaxKept) _findings.Add(new StructureFinding(IsError: true, message));
        else _moreErrors++;
    }

    /// <summary>Notes what a system can live with.</summary>
    public void Warn(string message)
    {
        if (_findings.Count < MaxKept) _findings.Add(new StructureFinding(IsError: false, message));
        else _moreWarnings++;
    }

    /// <summary>Does a part of the check; what keeps it from going on is a finding too.</summary>
    /// <returns>Whether it went to its end.</returns>
    public bool Try(Action part)
    {
        try
        {
            part();
            return true;
        }
        catch (CorruptFormatException e)
        {
            Error(e.Message);
        }
        catch (UnsupportedFormatException e)
        {
            Warn($"not checked: {e.Message}");
        }

        return false;
    }
}
