using EtchStream.Cli.Output;

namespace EtchStream.Cli.Display;

/// <summary>
/// Shows progress on standard error from a thread of its own: a terminal that is held up, or a pipe that nobody reads, does not hold up
/// the work. States may come from any thread.
/// </summary>
internal sealed class ConsoleProgress : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<ProgressView> _starts = new();
    private readonly IProgressDisplay? _display;
    private readonly ProgressLog _log;
    private readonly CancellationTokenRegistration _stop;
    private Thread? _thread;
    private bool _isClosed;
    private bool _hasState;

    /// <summary>Shows nothing yet.</summary>
    /// <param name="display">How it is shown; null for not at all.</param>
    /// <param name="clock">The clock; null for the system's.</param>
    /// <param name="cancellationToken">From its cancellation on nothing is shown any more.</param>
    public ConsoleProgress(IProgressDisplay? display, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        _display = display;
        _log = new ProgressLog(clock ?? TimeProvider.System);
        _stop = cancellationToken.UnsafeRegister(static progress => ((ConsoleProgress)progress!).Stop(), this);
    }

    /// <summary>Whether anything is shown at all.</summary>
    public bool IsOn => _display is not null;

    /// <summary>Takes the state. The first of each phase is always shown, others in the pace of the display.</summary>
    public void Report(ProgressState state)
    {
        if (_display is null) return;
        lock (_gate)
        {
            if (_isClosed) return;
            _hasState = true;
            if (_log.Take(state))
            {
                _starts.Enqueue(_log.View(isPhaseStart: true)!);
                Monitor.PulseAll(_gate);
            }

            if (_thread is not null) return;
            _thread = new Thread(Show) { IsBackground = true, Name = "progress" };
            _thread.Start();
        }
    }

    /// <summary>Shows the phases that were not shown yet, and then takes away what must not stay.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        Close();
        _thread?.Join();
    }

    private void Stop()
    {
        lock (_gate)
        {
            _starts.Clear();
            _hasState = false;
        }

        Close();
        // A terminal that is held up must not keep the run from being stopped.
        _thread?.Join(TimeSpan.FromMilliseconds(50));
    }

    private void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Show()
    {
        try
        {
            _display!.Run(Next);
        }
        catch (IOException)
        {
            // Nobody reads standard error any more. The work goes on.
        }
    }

    private ProgressView? Next()
    {
        lock (_gate)
        {
            var until = Environment.TickCount64 + (long)_display!.Interval.TotalMilliseconds;
            while (_starts.Count == 0 && !_isClosed)
            {
                var rest = until - Environment.TickCount64;
                if (rest <= 0 && _hasState) return _log.View(isPhaseStart: false);
                Monitor.Wait(_gate, (int)Math.Max(1, rest));
            }

            return _starts.TryDequeue(out var start) ? start : null;
        }
    }
}
