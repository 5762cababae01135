using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Unpack.Growth;

namespace EtchStream.Unpack;

/// <summary>
/// The file that is written: under a temporary name in its folder, with its own name only when it is complete. Whatever goes
/// wrong before that, nothing is left behind and an older file of that name stays as it was.
/// </summary>
/// <remarks>
/// The input cannot be harmed even where it is reached by two names that cannot be told apart: bytes go to a file that was just
/// created, and the rename replaces a name, not the content behind it.
/// </remarks>
internal sealed class OutputFile : IExtensibleDisk, IDisposable
{
    private readonly PendingFile _file;
    private FileDisk _disk;

    private OutputFile(string shownPath, PendingFile file)
    {
        ShownPath = shownPath;
        _file = file;
        _disk = new FileDisk(file.Handle, 0);
    }

    /// <summary>The path as the user gave it.</summary>
    public string ShownPath { get; }

    /// <summary>The names that it has and will have.</summary>
    public IEnumerable<string> Names => [_file.Temporary, _file.Target];

    /// <inheritdoc/>
    public long Length => _disk.Length;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The output's path. A link is followed, so that what it names is replaced and not the link.</param>
    /// <param name="inputPath">The input, when it is a file: it must be another one.</param>
    /// <exception cref="OutputRefusedException">It is a folder, or the input.</exception>
    /// <exception cref="UnsupportedFormatException">It is a device or another special file.</exception>
    /// <exception cref="IOException">Its folder does not exist, or cannot be written.</exception>
    public static OutputFile Create(string path, string? inputPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PendingFile.EnsureNoFolder(path);
        var target = PendingFile.ResolveLinks(path);
        if (FileIdentity.Of(target) is { } existing) CheckReplaceable(path, target, existing, inputPath);
        return new OutputFile(path, PendingFile.Create(path, target, FileAccess.ReadWrite));
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer) => _disk.Read(offset, buffer);

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            _disk.Write(offset, data);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw OutputErrors.OutOfSpace(ShownPath, Math.Max(Length, offset + data.Length), e);
        }
    }

    /// <summary>Gives the file its length; what was not written reads as zeros.</summary>
    /// <exception cref="OutOfSpaceException">The output's file system holds no file of that length.</exception>
    public void SetLength(long length)
    {
        try
        {
            RandomAccess.SetLength(_file.Handle, length);
            _disk = new FileDisk(_file.Handle, length);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw OutputErrors.OutOfSpace(ShownPath, length, e);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // .NET's name for the system's "file too large" (EFBIG, EINVAL); a negative length never comes here.
            throw new OutOfSpaceException($"{ShownPath}: its file system does not take a file of {length} bytes", length, 0, e);
        }
    }

    /// <summary>Waits until the bytes are on the medium.</summary>
    public void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(_file.Handle);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            // Where blocks are allocated late, or on a network file system, a full disk shows up only here.
            throw OutputErrors.OutOfSpace(ShownPath, Length, e);
        }
    }

    /// <summary>Gives the file its name, replacing an older one in the same instant.</summary>
    public void Commit() => _file.Commit();

    /// <summary>Closes the file; deletes it when it was not committed.</summary>
    public void Dispose() => _file.Dispose();

    private static void CheckReplaceable(string path, string target, FileIdentity existing, string? inputPath)
    {
        if (existing.IsDevice) throw new UnsupportedFormatException("output device", $"{path}: writing to a device is not supported yet; write to a file and copy it");
        if (!existing.IsRegularFile) throw new UnsupportedFormatException("output kind", $"{path}: it is not a regular file; name a file to write");
        if (inputPath is null || FileIdentity.Of(inputPath) is not { } input) return;
        var same = existing.Inode != 0 && input.Inode != 0
            ? existing.Inode == input.Inode && existing.Device == input.Device
            : string.Equals(target, PendingFile.ResolveLinks(inputPath), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        if (same) throw new OutputRefusedException(path, "it is the input; name another file to write");
    }
}
