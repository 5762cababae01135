namespace EtchStream.Unpack;

/// <summary>Reports progress from beside the stages until it is disposed, and then once more.</summary>
internal sealed class ProgressReporter : IAsyncDisposable
{
    private readonly UnpackCounters _counters;
    private readonly IProgress<UnpackProgress>? _progress;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public ProgressReporter(UnpackCounters counters, IProgress<UnpackProgress>? progress, UnpackOptions options)
    {
        _counters = counters;
        _progress = progress;
        _loop = progress is null ? Task.CompletedTask : counters.ReportAsync(progress, options.ProgressInterval, options.Clock, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _progress?.Report(_counters.Snapshot());
    }
}
