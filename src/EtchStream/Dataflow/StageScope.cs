using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace EtchStream.Dataflow;

/// <summary>
/// Owns the stages of one pipeline: starts them, cancels all others as soon as one fails, waits until every one has ended,
/// and rethrows the first failure, so that no stage outlives the pipeline and no error is lost or covered by its echoes.
/// </summary>
internal sealed class StageScope : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _outer;
    private readonly List<Task> _stages = [];
    private readonly List<Action> _drains = [];
    private readonly Lock _gate = new();
    private ExceptionDispatchInfo? _firstFault;

    /// <summary>Opens a scope whose stages stop when <paramref name="cancellationToken"/> is cancelled.</summary>
    public StageScope(CancellationToken cancellationToken)
    {
        _outer = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Cancelled when the caller cancels or any stage fails. Every stage works under it.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>A bounded channel between two stages, one writer and one reader.</summary>
    public static Channel<T> CreateChannel<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Starts a stage on the thread pool.</summary>
    public void Start(Func<CancellationToken, Task> stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        _stages.Add(Task.Run(async () =>
        {
            try
            {
                await stage(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                Record(fault);
                await _stop.CancelAsync().ConfigureAwait(false);
            }
        }));
    }

    /// <summary>Starts a stage whose output channel is completed when it ends, with the error if it failed.</summary>
    public void Start<T>(ChannelWriter<T> output, Func<CancellationToken, Task> stage)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(stage);
        Start(async token =>
        {
            Exception? fault = null;
            try
            {
                await stage(token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Before the channel is completed: the reader's echo must not be first.
                Record(e);
                fault = e;
                throw;
            }
            finally
            {
                // The reader meets a cancellation, not the fault itself, so that only this stage reports it.
                output.TryComplete(fault is null ? null : new OperationCanceledException("an earlier stage failed", fault));
            }
        });
    }

    /// <summary>
    /// Gives back what stages leave in a channel, once all of them have ended. The stage that reads cannot do that alone: the one that
    /// writes may just be about to write once more.
    /// </summary>
    public void Drain<T>(ChannelReader<T> channel)
        where T : IDisposable
    {
        ArgumentNullException.ThrowIfNull(channel);
        _drains.Add(() =>
        {
            while (channel.TryRead(out var left)) left.Dispose();
        });
    }

    private void Record(Exception fault)
    {
        lock (_gate)
        {
            // A cancellation that follows a sibling's fault is its echo; the fault is what the user has to see.
            var echo = fault is OperationCanceledException && _stop.IsCancellationRequested && !_outer.IsCancellationRequested;
            if (!echo) _firstFault ??= ExceptionDispatchInfo.Capture(fault);
        }
    }

    /// <summary>Waits for all stages and rethrows the first failure.</summary>
    public async Task CompleteAsync()
    {
        await Task.WhenAll(_stages).ConfigureAwait(false);
        _firstFault?.Throw();
        _outer.ThrowIfCancellationRequested();
    }

    /// <summary>Cancels what still runs, waits for it, and gives back what it left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_stages).ConfigureAwait(false);
        foreach (var drain in _drains) drain();
        _stop.Dispose();
    }
}
