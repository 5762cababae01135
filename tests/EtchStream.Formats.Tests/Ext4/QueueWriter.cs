using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Keeps all that is written until it is let go, as a pipeline with a queue between parser and disk may do.</summary>
internal sealed class QueueWriter : IBlockWriter
{
    private readonly List<(long Offset, byte[] Data)> _queue = [];

    public int Count => _queue.Count;

    public void Write(long offset, ReadOnlySpan<byte> data) => _queue.Add((offset, data.ToArray()));

    public void Drain(IBlockWriter disk)
    {
        foreach (var (offset, data) in _queue) disk.Write(offset, data);
        _queue.Clear();
    }
}
