namespace EtchStream.Dataflow;

/// <summary>Has progress reported from beside the stages, also while they stand still, until it is disposed; and then once more.</summary>
internal sealed class ProgressReporter : IAsyncDisposable
{
    private readonly Action _report;
    private readonly bool _isWanted;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="report">Reports.</param>
    /// <param name="isWanted">Whether anybody listens.</param>
    /// <param name="interval">How often.</param>
    /// <param name="clock">The clock.</param>
    public ProgressReporter(Action report, bool isWanted, TimeSpan interval, TimeProvider clock)
    {
        _report = report;
        _isWanted = isWanted;
        _loop = isWanted ? RunAsync(interval, clock) : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        if (!_isWanted) return;

        // The work is done, or its own error is on its way: what a listener makes of the last report changes neither.
        await Task.Run(_report).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) _report();
    }
}
