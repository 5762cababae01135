namespace EtchStream.Cli.Display;

/// <summary>Makes of the states that a run reports what can be shown. Not safe for several threads.</summary>
internal sealed class ProgressLog(TimeProvider clock)
{
    private readonly List<(string Name, PhaseMeter Meter)> _phases = [];
    private readonly long _started = clock.GetTimestamp();
    private ProgressState? _state;

    /// <summary>Takes a state.</summary>
    /// <returns>Whether it begins a phase.</returns>
    public bool Take(ProgressState state)
    {
        var now = clock.GetElapsedTime(_started);
        var begins = _phases.Count == 0 || _phases[^1].Name != state.Phase;
        if (begins)
        {
            if (_phases.Count > 0) _phases[^1].Meter.End(now);
            _phases.Add((state.Phase, new PhaseMeter(state.Phase, now)));
        }

        _phases[^1].Meter.Take(now, state.Bytes, state.TotalBytes);
        _state = state;
        return begins;
    }

    /// <summary>What there is to be shown; null before the first state.</summary>
    public ProgressView? View(bool isPhaseStart)
    {
        if (_state is null) return null;
        var now = clock.GetElapsedTime(_started);
        return new ProgressView(_phases.ConvertAll(p => p.Meter.View(now)), _state, now, isPhaseStart);
    }
}
