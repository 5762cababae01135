using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Gives an archive in pieces of a fixed size (1: every state of a parser gets interrupted everywhere), from one buffer that is overwritten each time.</summary>
internal sealed class ChunkedSource(ReadOnlyMemory<byte> data, int chunk) : ByteSource
{
    private readonly byte[] _buffer = new byte[chunk];
    private int _next;

    public override ValueTask<bool> FillAsync(CancellationToken cancellationToken = default)
    {
        var count = Math.Min(_buffer.Length, data.Length - _next);
        _buffer.AsSpan().Fill(0xEE);
        data.Slice(_next, count).CopyTo(_buffer);
        _next += count;
        Window = _buffer.AsMemory(0, count);
        return ValueTask.FromResult(count > 0);
    }
}
