using EtchStream.Dataflow;
using EtchStream.Formats.IO;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Sources;

/// <summary>Reads a file's content by position and hands it on.</summary>
internal static class ContentReader
{
    /// <summary>Hands on the given stretches, or all bytes when there is no map, and makes sure that the file ends where it should.</summary>
    /// <exception cref="IOException">It shrank or grew meanwhile.</exception>
    public static async Task EmitAsync(SafeFileHandle file, long size, IReadOnlyList<DataRun>? runs, string shown, IEntrySink sink, CancellationToken cancellationToken)
    {
        if (runs is null)
        {
            await EmitRunAsync(file, new DataRun(0, size), shown, sink, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            foreach (var run in runs) await EmitRunAsync(file, run, shown, sink, cancellationToken).ConfigureAwait(false);
        }

        CheckEnd(file, size, shown);
    }

    private static async Task EmitRunAsync(SafeFileHandle file, DataRun run, string shown, IEntrySink sink, CancellationToken cancellationToken)
    {
        var position = run.Offset;
        while (position < run.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = (int)Math.Min(IEntrySink.BufferSize, run.End - position);
            var buffer = PooledBuffer.Rent(wanted);
            try
            {
                Fill(file, position, buffer.Memory.Span[..wanted], shown);
            }
            catch
            {
                buffer.Dispose();
                throw;
            }

            buffer.Length = wanted;
            position += wanted;
            await sink.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fills a buffer from a position.</summary>
    /// <exception cref="IOException">The file ends before that.</exception>
    public static void Fill(SafeFileHandle file, long position, Span<byte> buffer, string shown)
    {
        while (buffer.Length > 0)
        {
            int count;
            try
            {
                count = RandomAccess.Read(file, buffer, position);
            }
            catch (IOException e)
            {
                throw new IOException($"{shown}: cannot be read at byte {position}: {e.Message}", e);
            }

            if (count == 0) throw new IOException($"{shown}: it became shorter while it was read; take a tree that nobody writes to");
            buffer = buffer[count..];
            position += count;
        }
    }

    /// <summary>Nothing may follow: neither what was appended meanwhile, nor the content of files whose size the system does not tell (/proc).</summary>
    private static void CheckEnd(SafeFileHandle file, long size, string shown)
    {
        Span<byte> one = stackalloc byte[1];
        if (RandomAccess.Read(file, one, size) != 0) throw new IOException($"{shown}: it became longer while it was read, or does not tell its size; take a tree that nobody writes to");
    }
}
