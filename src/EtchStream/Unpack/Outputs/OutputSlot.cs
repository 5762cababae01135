namespace EtchStream.Unpack.Outputs;

/// <summary>One of the outputs of a run, and what became of it.</summary>
/// <param name="path">As the user gave it.</param>
internal sealed class OutputSlot(string path) : IDisposable
{
    private Exception? _failure;

    /// <summary>As the user gave it.</summary>
    public string Path { get; } = path;

    /// <summary>The open output; null where it could not be opened.</summary>
    public IOutput? Output { get; init; }

    /// <summary>Why it was dropped; null while it is in.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether it is still written.</summary>
    public bool IsIn => Failure is null;

    /// <summary>Drops it. The first reason stays.</summary>
    public void Drop(Exception reason) => Interlocked.CompareExchange(ref _failure, reason, null);

    /// <inheritdoc/>
    public void Dispose() => Output?.Dispose();
}
