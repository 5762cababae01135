using System.Runtime.ExceptionServices;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Unpack.Growth;

namespace EtchStream.Unpack.Outputs;

/// <summary>
/// All outputs of a run as one disk: what is written goes to each of them, what is read comes from the first that is still in. One
/// that fails is dropped with its reason and the others go on; when the last one fails, the run does.
/// </summary>
internal sealed class OutputSet : IExtensibleDisk, IZeroingWriter, IDisposable
{
    private readonly List<OutputSlot> _slots;

    private OutputSet(List<OutputSlot> slots) => _slots = slots;

    /// <summary>All of them, in the order in which they were named.</summary>
    public IReadOnlyList<OutputSlot> Slots => _slots;

    /// <inheritdoc/>
    public long Length { get; private set; }

    /// <inheritdoc/>
    public long MaxLengthFor(long needed)
    {
        List<long> lengths = [.. In().Select(s => s.Output!.MaxLengthFor(needed))];
        return lengths.Where(l => l >= needed).DefaultIfEmpty(lengths.DefaultIfEmpty(0).Max()).Min();
    }

    /// <summary>Opens the outputs. With several of them, one that cannot be opened is dropped, unless none is left.</summary>
    /// <param name="paths">Where to write.</param>
    /// <param name="open">Opens one.</param>
    /// <exception cref="OutputRefusedException">Two of them are the same.</exception>
    public static OutputSet Open(IReadOnlyList<string> paths, Func<string, IOutput> open)
    {
        for (var i = 1; i < paths.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (OutputOpener.IsSame(paths[i], paths[j])) throw new OutputRefusedException(paths[i], $"it is named twice ({paths[j]})");
            }
        }

        var set = new OutputSet([]);
        try
        {
            foreach (var path in paths)
            {
                try
                {
                    set._slots.Add(new OutputSlot(path) { Output = open(path) });
                }
                catch (Exception e) when (IsOfOutput(e))
                {
                    var slot = new OutputSlot(path);
                    slot.Drop(e);
                    set._slots.Add(slot);
                }
            }

            set.ThrowIfNoneLeft();
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        foreach (var slot in _slots)
        {
            if (!slot.IsIn) continue;
            try
            {
                slot.Output!.Read(offset, buffer);
                return;
            }
            catch (IOException e) when (e is not CorruptFormatException)
            {
                slot.Drop(e);
            }
        }

        ThrowIfNoneLeft();
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        foreach (var slot in _slots)
        {
            if (!slot.IsIn) continue;
            try
            {
                slot.Output!.Write(offset, data);
            }
            catch (Exception e) when (IsOfOutput(e))
            {
                slot.Drop(e);
            }
        }

        ThrowIfNoneLeft();
    }

    /// <inheritdoc/>
    public void Zero(long offset, long length) => ForEach(output => output.Zero(offset, length));

    /// <inheritdoc/>
    public void SetLength(long length)
    {
        ForEach(output => output.SetLength(length));
        Length = length;
    }

    /// <summary>Does something with each output that is in, side by side; one with which it fails is dropped.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="waits">Gets to know which outputs take their time with it; null for none.</param>
    /// <exception cref="IOException">None is left.</exception>
    public async Task ForEachAsync(Action<IOutput> action, WaitList? waits = null)
    {
        await Task.WhenAll(In().Select(slot => Task.Run(() =>
        {
            using var wait = waits?.Add(slot.Path);
            wait?.Begin();
            Guard(slot, action);
        }))).ConfigureAwait(false);
        ThrowIfNoneLeft();
    }

    /// <summary>Rethrows the reason when no output is left.</summary>
    public void ThrowIfNoneLeft()
    {
        if (_slots.Any(s => s.IsIn)) return;
        if (_slots is [var only]) ExceptionDispatchInfo.Capture(only.Failure!).Throw();
        throw new AllOutputsFailedException([.. _slots.Select(s => new OutputResult(s.Path, s.Failure))]);
    }

    /// <summary>What became of each.</summary>
    public IReadOnlyList<OutputResult> Results() => _slots.ConvertAll(s => new OutputResult(s.Path, s.Failure));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in _slots) slot.Dispose();
    }

    /// <summary>Whether an error is that of an output, not of what is written to it.</summary>
    public static bool IsOfOutput(Exception error) => error is IOException or UnauthorizedAccessException or UnsupportedFormatException;

    private void ForEach(Action<IOutput> action)
    {
        foreach (var slot in _slots) Guard(slot, action);
        ThrowIfNoneLeft();
    }

    private static void Guard(OutputSlot slot, Action<IOutput> action)
    {
        if (!slot.IsIn) return;
        try
        {
            action(slot.Output!);
        }
        catch (Exception e) when (IsOfOutput(e))
        {
            slot.Drop(e);
        }
    }

    private IEnumerable<OutputSlot> In() => _slots.Where(s => s.IsIn);
}
