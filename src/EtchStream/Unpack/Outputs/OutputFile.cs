using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Sources.Linux;
using EtchStream.Unpack.Devices;
using EtchStream.Unpack.Devices.Linux;

namespace EtchStream.Unpack.Outputs;

/// <summary>
/// The file that is written: under a temporary name in its folder, with its own name only when it is complete. Whatever goes
/// wrong before that, nothing is left behind and an older file of that name stays as it was.
/// </summary>
/// <remarks>
/// The input cannot be harmed even where it is reached by two names that cannot be told apart: bytes go to a file that was just
/// created, and the rename replaces a name, not the content behind it.
/// </remarks>
internal sealed class OutputFile : IOutput
{
    private readonly PendingFile _file;
    private readonly Writeback? _writeback;
    private FileDisk _disk;

    private OutputFile(string shownPath, PendingFile file, bool flush)
    {
        ShownPath = shownPath;
        _file = file;
        _disk = new FileDisk(file.Handle, 0);
        _writeback = flush ? new Writeback(file.Handle) : null;
    }

    /// <inheritdoc/>
    public string ShownPath { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Names => [_file.Temporary, _file.Target];

    /// <inheritdoc/>
    public long Length => _disk.Length;

    /// <inheritdoc/>
    public long MaxLengthFor(long needed) => long.MaxValue;

    /// <inheritdoc/>
    public IReadOnlyList<HeldRegion> HeldBack => [];

    /// <inheritdoc/>
    public MediumReader OpenMedium() => MediumReader.Open(ShownPath, _file.Handle, Length);

    /// <inheritdoc/>
    public string? Warning => null;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The output's path. A link is followed, so that what it names is replaced and not the link.</param>
    /// <param name="flush">Whether it is going to be flushed, so that the medium had better begin early.</param>
    /// <exception cref="OutputRefusedException">It is a folder.</exception>
    /// <exception cref="IOException">Its folder does not exist, or cannot be written.</exception>
    public static OutputFile Create(string path, bool flush = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        PendingFile.EnsureNoFolder(path);
        return new OutputFile(path, PendingFile.Create(path, PendingFile.ResolveLinks(path), FileAccess.ReadWrite), flush);
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer) => _disk.Read(offset, buffer);

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            _disk.Write(offset, data);
            _writeback?.Wrote(data.Length);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw OutputErrors.OutOfSpace(ShownPath, Math.Max(Length, offset + data.Length), e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The file is new: what is not written reads as zeros.</remarks>
    public void Zero(long offset, long length)
    {
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

    /// <inheritdoc/>
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
    public void Commit(bool flush)
    {
        _file.Commit();
        if (flush && LinuxFile.IsAvailable) FlushFolder(Path.GetDirectoryName(_file.Target)!);
    }

    /// <summary>Closes the file; deletes it when it was not committed.</summary>
    public void Dispose() => _file.Dispose();

    // So that the name outlasts a power cut too. A file system that cannot do that is no reason to fail: the file is there.
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static void FlushFolder(string folder)
    {
        try
        {
            using var handle = LinuxFile.Open(folder, LinuxCalls.Directory);
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
        }
    }
}
