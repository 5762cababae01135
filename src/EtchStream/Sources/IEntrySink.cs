using EtchStream.Dataflow;
using EtchStream.Formats.Tar;

namespace EtchStream.Sources;

/// <summary>Where sources put their members: each header, then its content, all of it, before the next header.</summary>
internal interface IEntrySink
{
    /// <summary>Bytes that a buffer of content holds at most: 1 MiB.</summary>
    const int BufferSize = 1 << 20;

    /// <summary>Hands on a header.</summary>
    ValueTask BeginAsync(TarEntry entry, CancellationToken cancellationToken);

    /// <summary>Hands on content, and with it the buffer.</summary>
    ValueTask WriteAsync(PooledBuffer data, CancellationToken cancellationToken);

    /// <summary>Hands on a copy of some bytes as content.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}
