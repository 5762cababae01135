namespace EtchStream.Dataflow;

/// <summary>A place where a run can be held up from outside. One thread at a time is in it.</summary>
internal sealed class WaitPoint(WaitList list, string what) : IDisposable
{
    private long _since;
    private string _what = what;

    /// <summary>What is waited for there.</summary>
    public string What
    {
        get => Volatile.Read(ref _what);
        set => Volatile.Write(ref _what, value);
    }

    /// <summary>Since when it is, a timestamp; 0 while it is not.</summary>
    public long Since => Volatile.Read(ref _since);

    /// <summary>From now on it is waited for.</summary>
    public void Begin() => Volatile.Write(ref _since, list.Now);

    /// <summary>It came.</summary>
    public void End() => Volatile.Write(ref _since, 0);

    /// <summary>Nobody comes here any more.</summary>
    public void Dispose() => list.Remove(this);
}
