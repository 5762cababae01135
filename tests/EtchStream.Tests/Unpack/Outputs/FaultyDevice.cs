using EtchStream.Formats.IO;
using EtchStream.Unpack.Devices;

namespace EtchStream.Tests.Unpack.Outputs;

/// <summary>A device in a file, whose n-th write, zeroing or flush fails, and all after it, as when it is pulled out.</summary>
internal sealed class FaultyDevice(string path, long length, int failAt, Func<Exception> error, bool failsOnlyOnce = false) : IBlockDevice
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    public int Operations { get; private set; }

    /// <summary>A byte that holds something else after each flush, as on a defective medium; negative for none.</summary>
    public long Corrupts { get; init; } = -1;

    public int SectorSize { get; init; } = 512;

    public long Length => length;

    public void Read(long offset, Span<byte> buffer) => new FileDisk(_file, length).Read(offset, buffer);

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        Count();
        RandomAccess.Write(_file, data, offset);
    }

    public void Zero(long offset, long length)
    {
        Count();
        RandomAccess.Write(_file, new byte[length], offset);
    }

    public void Flush()
    {
        Count();
        if (Corrupts < 0) return;
        RandomAccess.Write(_file, [0x5A], Corrupts);
    }

    public MediumReader OpenMedium() => MediumReader.Open("device", _file, length);

    public string? RereadPartitionTable() => null;

    public void Dispose() => _file.Dispose();

    private void Count()
    {
        var here = Operations++;
        if (failsOnlyOnce ? here == failAt : here >= failAt) throw error();
    }
}
