using System.Globalization;
using System.Runtime.InteropServices;
using EtchStream.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Unpack.Devices;

/// <summary>
/// Reads what is on a medium, not what the system remembers of it: by O_DIRECT, or, where the file system does not know that, with
/// the page cache dropped beforehand. Reads go forward in large pieces.
/// </summary>
internal sealed unsafe class MediumReader : IDisposable
{
    /// <summary>Bytes of one read at most.</summary>
    public const int BufferSize = 1 << 20;

    // Enough for every sector size there is.
    private const int Alignment = 4096;

    private readonly SafeFileHandle _file;
    private readonly bool _ownsFile;
    private byte* _buffer;

    private MediumReader(SafeFileHandle file, bool ownsFile, long length, bool isUncached)
    {
        _file = file;
        _ownsFile = ownsFile;
        Length = length;
        IsUncached = isUncached;
        _buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, Alignment);
    }

    /// <summary>Bytes that can be read.</summary>
    public long Length { get; }

    /// <summary>Whether what is read comes from the medium for certain.</summary>
    public bool IsUncached { get; }

    /// <summary>Opens the medium behind an open file, which has been flushed and stays open.</summary>
    /// <param name="shown">Its path, for errors.</param>
    /// <param name="file">The file or device.</param>
    /// <param name="length">Bytes of it.</param>
    public static MediumReader Open(string shown, SafeFileHandle file, long length)
    {
        if (!LinuxFile.IsAvailable) return new MediumReader(file, ownsFile: false, length, isUncached: false);
        var descriptor = LinuxFile.Descriptor(file);
        try
        {
            // By the descriptor: the name may lead elsewhere by now.
            var self = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}");
            return new MediumReader(LinuxFile.OpenAt(null, LinuxFile.Terminated(self), LinuxCalls.Direct, shown), ownsFile: true, length, isUncached: true);
        }
        catch (IOException)
        {
            // tmpfs, some network file systems, or no /proc.
            return new MediumReader(file, ownsFile: false, length, LinuxCalls.Advise(descriptor, 0, 0, LinuxCalls.DropCache) == 0);
        }
    }

    /// <summary>Reads a piece.</summary>
    /// <param name="offset">A multiple of 4096.</param>
    /// <param name="length">At most <see cref="BufferSize"/>.</param>
    /// <returns>The bytes, valid until the next call; fewer at the end.</returns>
    /// <exception cref="IOException">The medium gives an error.</exception>
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, BufferSize);
        length = (int)Math.Min(length, Length - offset);
        var done = 0;
        while (done < length)
        {
            // Whole blocks: what lies behind the end is cut off, not left out of the request.
            var asked = Math.Min((length - done + Alignment - 1) / Alignment * Alignment, BufferSize - done);
            var count = RandomAccess.Read(_file, new Span<byte>(_buffer + done, asked), offset + done);
            if (count == 0) break;
            done += count;
        }

        return new ReadOnlySpan<byte>(_buffer, Math.Min(done, length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer is not null) NativeMemory.AlignedFree(_buffer);
        _buffer = null;
        if (_ownsFile) _file.Dispose();
    }
}
