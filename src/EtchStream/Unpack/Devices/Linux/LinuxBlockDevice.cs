using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using EtchStream.Dataflow;
using EtchStream.Formats.IO;
using EtchStream.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>A block device of Linux, opened exclusively: nothing can be mounted from it while this run writes.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxBlockDevice : IBlockDevice
{
    // The page cache's unit: zeroing on the device must not cut through a page that is still to be written.
    private const int PageSize = 64 * 1024;

    private const int Busy = 16, PermissionDenied = 13, ReadOnlyFileSystem = 30, NoMedium = 123, InvalidArgument = 22, NotTerminal = 25, NotSupported = 95;

    private static readonly byte[] Zeros = new byte[1 << 20];

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly FileDisk _disk;
    private readonly Writeback _writeback;
    private bool _canZero = true;

    private LinuxBlockDevice(string path, SafeFileHandle file, long length, int sectorSize)
    {
        _path = path;
        _file = file;
        _disk = new FileDisk(file, length);
        _writeback = new Writeback(file);
        SectorSize = sectorSize;
    }

    /// <inheritdoc/>
    public long Length => _disk.Length;

    /// <inheritdoc/>
    public int SectorSize { get; }

    /// <summary>Opens a device.</summary>
    /// <exception cref="OutputRefusedException">Somebody else has it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static LinuxBlockDevice Open(string path, LinuxDeviceFacts facts, bool force)
    {
        if (force && facts.IsReadOnly) MakeWritable(path);
        var file = OpenExclusively(path);
        try
        {
            var length = LinuxCalls.Seek(LinuxFile.Descriptor(file), 0, LinuxCalls.SeekEnd);
            if (length < 0) throw LinuxFile.Error(path, "does not tell its size");
            if (length == 0) throw new IOException($"{path}: the device has no size; is a medium in it?");
            int sectorSize;
            if (DeviceCalls.Control(LinuxFile.Descriptor(file), DeviceCalls.SectorSize, &sectorSize) != 0) throw LinuxFile.Error(path, "does not tell the size of its sectors");
            return new LinuxBlockDevice(path, file, length, sectorSize);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer) => _disk.Read(offset, buffer);

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        _disk.Write(offset, data);
        _writeback.Wrote(data.Length);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// BLKZEROOUT zeroes by the device's own command where it has one that guarantees zeros, else the kernel writes them; a plain
    /// discard guarantees nothing and is not used.
    /// </remarks>
    public void Zero(long offset, long length)
    {
        var end = offset + length;
        var from = (offset + PageSize - 1) / PageSize * PageSize;
        var to = end / PageSize * PageSize;
        if (from >= to || !TryZeroOut(from, to - from))
        {
            WriteZeros(offset, end);
            return;
        }

        WriteZeros(offset, from);
        WriteZeros(to, end);
    }

    /// <inheritdoc/>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <inheritdoc/>
    public MediumReader OpenMedium() => MediumReader.Open(_path, _file, Length);

    /// <inheritdoc/>
    public string? RereadPartitionTable()
    {
        if (DeviceCalls.Control(LinuxFile.Descriptor(_file), DeviceCalls.RereadPartitions, null) == 0) return null;

        // EINVAL: a partition, or a loop device without them.
        var error = Marshal.GetLastPInvokeError();
        return error is InvalidArgument or NotTerminal ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static SafeFileHandle OpenExclusively(string path)
    {
        try
        {
            // Not by Open, whose O_NONBLOCK would skip the driver's own look at the medium.
            return LinuxFile.OpenAt(null, LinuxFile.Terminated(path), DeviceCalls.ReadWrite | DeviceCalls.Exclusive, path);
        }
        catch (IOException e)
        {
            throw e.HResult switch
            {
                Busy => new OutputRefusedException(path, "it is in use: mounted (in another container, perhaps), or opened by another program; a device that is in use is never written"),
                NoMedium => new IOException($"{path}: there is no medium in the device", e),
                ReadOnlyFileSystem => new OutputRefusedException(path, "it is read-only"),
                PermissionDenied => new UnauthorizedAccessException($"{path}: no permission to write the device; run as root, or as a member of its group (often 'disk')", e),
                _ => e,
            };
        }
    }

    private static void MakeWritable(string path)
    {
        using var file = LinuxFile.Open(path);
        var off = 0;
        if (DeviceCalls.Control(LinuxFile.Descriptor(file), DeviceCalls.SetReadOnly, &off) != 0) throw new OutputRefusedException(path, $"it is read-only and cannot be made writable ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())})");
    }

    private bool TryZeroOut(long offset, long length)
    {
        if (!_canZero) return false;
        var range = stackalloc ulong[2] { (ulong)offset, (ulong)length };
        if (DeviceCalls.Control(LinuxFile.Descriptor(_file), DeviceCalls.ZeroOut, range) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error is not (InvalidArgument or NotTerminal or NotSupported)) throw LinuxFile.Error(_path, $"cannot be zeroed at byte {offset}");
        _canZero = false;
        return false;
    }

    private void WriteZeros(long offset, long end)
    {
        for (; offset < end; offset += Zeros.Length) _disk.Write(offset, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, end - offset)));
    }
}
