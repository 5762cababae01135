using Microsoft.Win32.SafeHandles;

namespace EtchStream.Formats.IO;

/// <summary>A disk image in a file (or a device node), read and written by position. It owns no buffer of its own.</summary>
public sealed class FileDisk : IDisk, IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly bool _ownsHandle;

    /// <summary>Wraps an open file of <paramref name="length"/> bytes.</summary>
    public FileDisk(SafeFileHandle file, long length, bool ownsHandle = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        _ownsHandle = ownsHandle;
        Length = length;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <summary>Opens a file for reading only.</summary>
    public static FileDisk OpenRead(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.RandomAccess);
        return new FileDisk(handle, RandomAccess.GetLength(handle), ownsHandle: true);
    }

    /// <summary>Opens an existing file for reading and writing in place.</summary>
    public static FileDisk OpenReadWrite(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, FileOptions.RandomAccess);
        return new FileDisk(handle, RandomAccess.GetLength(handle), ownsHandle: true);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = offset < 0 ? 0 : RandomAccess.Read(_file, buffer, offset);
            if (count == 0)
            {
                throw new CorruptFormatException("disk image", offset, $"it ends at byte {Length}, {buffer.Length} more bytes were expected here");
            }

            offset += count;
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data) => RandomAccess.Write(_file, data, offset);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHandle) _file.Dispose();
    }
}
