namespace EtchStream.Oci.Http;

/// <summary>
/// Cancels a connection that stays silent. Armed while something is awaited from the network and disarmed in between, so that a slow
/// consumer of the data is never taken for a stalled server.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly TimeSpan _timeout;
    private volatile bool _stalled;

    public StallGuard(HttpOptions options)
    {
        _timeout = options.StallTimeout;
        _timer = options.TimeProvider.CreateTimer(static state => ((StallGuard)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs one network operation under the guard and the caller's token.</summary>
    /// <exception cref="StalledException">Nothing came for the whole time-out.</exception>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var registration = cancellationToken.UnsafeRegister(static state => ((StallGuard)state!).Stop(), this);
        await using (registration.ConfigureAwait(false))
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
            try
            {
                return await operation(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (_stalled && !cancellationToken.IsCancellationRequested)
            {
                throw new StalledException(_timeout, e);
            }
            catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            finally
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Fire()
    {
        _stalled = true;
        Stop();
    }

    private void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Whoever waited for the operation has just given it up, and disposed the guard with it. The caller's cancellation, of
            // which this is a part, must not fail for that.
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _stop.Dispose();
    }
}
