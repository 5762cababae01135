using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Sources.Linux;

namespace EtchStream.Pack.Output;

/// <summary>
/// An archive that becomes a file: written under a temporary name in its folder, renamed when it is complete. Whatever goes wrong
/// before that, nothing is left behind, and an older file of that name stays as it was.
/// </summary>
internal sealed class FileOutput : IArchiveOutput
{
    private readonly string _shown;
    private readonly PendingFile _file;
    private readonly bool _flush;
    private long _position;

    private FileOutput(string shown, PendingFile file, bool flush)
    {
        _shown = shown;
        _file = file;
        _flush = flush;
    }

    /// <summary>Bytes that are still to come at least, for the message when the disk is full.</summary>
    public Func<long> Remaining { get; set; } = static () => 0;

    /// <summary>Opens the output that a path names: a file to be made or replaced, or, when a pipe or character device is there, that one.</summary>
    /// <param name="path">The path. A link is followed, so that what it names is replaced and not the link.</param>
    /// <param name="flush">Whether the bytes have to be on the medium before the file gets its name.</param>
    /// <param name="guard">Gets to know the files that are written.</param>
    /// <exception cref="OutputRefusedException">It is a folder or a disk.</exception>
    /// <exception cref="IOException">Its folder does not exist, or cannot be written.</exception>
    public static IArchiveOutput Open(string path, bool flush, OutputGuard guard)
    {
        guard.Shown = path;
        PendingFile.EnsureNoFolder(path);
        var target = PendingFile.ResolveLinks(path);
        PendingFile.EnsureNoMissingDevice(path, target);
        if (LinuxFile.IsAvailable && LinuxFile.StatusOf(target) is { } existing && existing.Kind != FileKind.File) return OpenSpecial(path, target, existing.Kind);
        if (File.Exists(target)) guard.Add(target);
        var file = PendingFile.Create(path, target, FileAccess.Write);
        guard.Add(file.Temporary);
        return new FileOutput(path, file, flush);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            RandomAccess.Write(_file.Handle, bytes.Span, _position);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw OutOfSpace(bytes.Length, e);
        }

        _position += bytes.Length;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_flush) RandomAccess.FlushToDisk(_file.Handle);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            // Where blocks are allocated late, or on a network file system, a full disk shows up only here.
            throw OutOfSpace(0, e);
        }

        _file.Commit();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private static StreamOutput OpenSpecial(string path, string target, FileKind kind)
    {
        if (kind == FileKind.BlockDevice) throw new OutputRefusedException(path, "it is a disk, and an archive is no disk image; write to a file, then unpack that onto the disk");
        if (kind == FileKind.Socket) throw new OutputRefusedException(path, "it is a socket; name the file to write");
        return new StreamOutput(new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), ownsStream: true);
    }

    private OutOfSpaceException OutOfSpace(long count, IOException inner)
    {
        long free = 0;
        try
        {
            free = new DriveInfo(Path.GetDirectoryName(_file.Target) ?? "/").AvailableFreeSpace + _position;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Only the message suffers.
        }

        var needed = Math.Max(_position + count, Remaining());
        return new OutOfSpaceException($"{_shown}: no space left on its disk; the archive takes at least {needed} bytes, {free} were free; make room or write elsewhere", needed, free, inner);
    }
}
