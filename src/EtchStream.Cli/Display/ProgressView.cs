namespace EtchStream.Cli.Display;

/// <summary>A run as it is shown at one moment.</summary>
/// <param name="Phases">The phases, those that have ended and the one at hand, in order.</param>
/// <param name="State">How far it is.</param>
/// <param name="Elapsed">Since when it runs.</param>
/// <param name="IsPhaseStart">Whether a phase has just begun.</param>
internal sealed record ProgressView(IReadOnlyList<PhaseView> Phases, ProgressState State, TimeSpan Elapsed, bool IsPhaseStart)
{
    /// <summary>The phase at hand.</summary>
    public PhaseView Current => Phases[^1];

    /// <summary>A wait that has become long enough to be told; null for none.</summary>
    public Dataflow.Wait? Stall => State.Waits is [var longest, ..] && longest.Time >= StallTime ? longest : null;

    /// <summary>From when on a wait is told.</summary>
    public static TimeSpan StallTime => TimeSpan.FromSeconds(5);
}
