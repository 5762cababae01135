using System.Security.Cryptography;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Oci;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Trees;

/// <summary>
/// A compressed file, expanded for reading by position: into a file of the system's folder for temporary files (TMPDIR), which takes
/// no space for zeros and is gone when it is closed, however the process ends.
/// </summary>
internal sealed class ExpandedFile : IDisposable
{
    private const int PieceSize = 1 << 20;
    private readonly SafeFileHandle _handle;

    private ExpandedFile(SafeFileHandle handle, long length)
    {
        _handle = handle;
        Length = length;
    }

    /// <summary>Bytes of the expanded content.</summary>
    public long Length { get; }

    /// <summary>Expands.</summary>
    /// <param name="compressed">The compressed content; it stays open.</param>
    /// <param name="format">How it is compressed.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CorruptFormatException">The compressed content is broken or truncated.</exception>
    /// <exception cref="OutOfSpaceException">The folder for temporary files has no room for it.</exception>
    public static async Task<ExpandedFile> CreateAsync(Stream compressed, CompressionFormat format, string name, CancellationToken cancellationToken)
    {
        var handle = OpenTemporary(name);
        try
        {
            var writer = new HandleWriter(handle);
            await using var content = Decoders.Default.Open(format, compressed, leaveOpen: true);
            using var buffer = PooledBuffer.Rent(PieceSize);
            long length = 0;
            while (await content.ReadAtLeastAsync(buffer.Memory, buffer.Capacity, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                ZeroRuns.WriteNonZero(writer, length, buffer.Memory.Span[..count]);
                length += count;
            }

            RandomAccess.SetLength(handle, length);
            return new ExpandedFile(handle, length);
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (e is IOException full && DiskFull.Is(full))
                throw new OutOfSpaceException($"{name}: no room in {Path.GetTempPath()} to expand it there; set TMPDIR to a folder with more room, or use --no-expand", inner: e);
            if (e is CorruptFormatException or UnsupportedFormatException) throw ErrorContext.Wrap(e, name);
            throw;
        }
    }

    /// <summary>The content by position; it lives as long as this.</summary>
    public FileDisk AsDisk() => new(_handle, Length);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle OpenTemporary(string name)
    {
        var path = Path.Combine(Path.GetTempPath(), $"etchstream-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.DeleteOnClose);

            // Where an open file needs no name, not even a killed process leaves it behind.
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            return handle;
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw new IOException($"{name}: no temporary file can be made in {Path.GetTempPath()} to expand it there; set TMPDIR to a folder that can be written, or use --no-expand", e) { HResult = e.HResult };
        }
    }

    private sealed class HandleWriter(SafeFileHandle handle) : IBlockWriter
    {
        public void Write(long offset, ReadOnlySpan<byte> data) => RandomAccess.Write(handle, data, offset);
    }
}
