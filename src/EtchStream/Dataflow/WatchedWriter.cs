namespace EtchStream.Dataflow;

/// <summary>Notes while a disk is written to, so that one that hangs can be named.</summary>
internal sealed class WatchedWriter(IZeroingWriter disk, WaitPoint wait) : IZeroingWriter
{
    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        wait.Begin();
        try
        {
            disk.Write(offset, data);
        }
        finally
        {
            wait.End();
        }
    }

    /// <inheritdoc/>
    public void Zero(long offset, long length)
    {
        wait.Begin();
        try
        {
            disk.Zero(offset, length);
        }
        finally
        {
            wait.End();
        }
    }
}
