using System.Security.Cryptography;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Sources;
using EtchStream.Pack.Sources.Linux;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Pack.Output;

/// <summary>
/// An archive that becomes a file: written under a temporary name in its folder, renamed when it is complete. Whatever goes wrong
/// before that, nothing is left behind, and an older file of that name stays as it was.
/// </summary>
internal sealed class FileOutput : IArchiveOutput
{
    private const int MaxNameInTemporary = 120;

    private readonly string _shown;
    private readonly string _target;
    private readonly string _temporary;
    private readonly bool _flush;
    private readonly SafeFileHandle _file;
    private long _position;
    private bool _isCommitted;

    private FileOutput(string shown, string target, string temporary, SafeFileHandle file, bool flush)
    {
        _shown = shown;
        _target = target;
        _temporary = temporary;
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
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path)) throw new OutputRefusedException(path, "it is a folder; name the file to write");
        var target = ResolveLinks(path);
        if (LinuxFile.IsAvailable && LinuxFile.StatusOf(target) is { } existing && existing.Kind != FileKind.File) return OpenSpecial(path, target, existing.Kind);
        var isReplaced = File.Exists(target);
        if (isReplaced) guard.Add(target);

        var folder = Path.GetDirectoryName(target) ?? throw new OutputRefusedException(path, "it is a folder; name the file to write");
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{path}: the folder {folder} does not exist");
        var name = Path.GetFileName(target);
        if (name.Length > MaxNameInTemporary) name = name[..MaxNameInTemporary];
        var temporary = Path.Combine(folder, $".{name}.etchstream-{RandomNumberGenerator.GetHexString(12, lowercase: true)}.part");
        try
        {
            var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            if (isReplaced && !OperatingSystem.IsWindows()) KeepMode(file, target);
            guard.Add(temporary);
            return new FileOutput(path, target, temporary, file, flush);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"{path}: no permission to write in its folder {folder}", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            RandomAccess.Write(_file, bytes.Span, _position);
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
            if (_flush) RandomAccess.FlushToDisk(_file);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            // Where blocks are allocated late, or on a network file system, a full disk shows up only here.
            throw OutOfSpace(0, e);
        }

        _file.Dispose();
        File.Move(_temporary, _target, overwrite: true);
        _isCommitted = true;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        if (_isCommitted) return ValueTask.CompletedTask;
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to be seen.
        }

        return ValueTask.CompletedTask;
    }

    private static StreamOutput OpenSpecial(string path, string target, FileKind kind)
    {
        if (kind == FileKind.BlockDevice) throw new OutputRefusedException(path, "it is a disk, and an archive is no disk image; write to a file, then unpack that onto the disk");
        if (kind == FileKind.Socket) throw new OutputRefusedException(path, "it is a socket; name the file to write");
        return new StreamOutput(new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), ownsStream: true);
    }

    private static string ResolveLinks(string path)
    {
        // /dev/stdout and /dev/fd/3 lead to names such as pipe:[123], which only the system can follow.
        var full = Path.GetFullPath(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)) return full;
        try
        {
            return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        }
        catch (IOException e)
        {
            throw new OutputRefusedException(path, $"it is a link that leads nowhere ({e.Message})");
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void KeepMode(SafeFileHandle file, string target)
    {
        try
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system without modes.
        }
    }

    private OutOfSpaceException OutOfSpace(long count, IOException inner)
    {
        long free = 0;
        try
        {
            free = new DriveInfo(Path.GetDirectoryName(_target) ?? "/").AvailableFreeSpace + _position;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Only the message suffers.
        }

        var needed = Math.Max(_position + count, Remaining());
        return new OutOfSpaceException($"{_shown}: no space left on its disk; the archive takes at least {needed} bytes, {free} were free; make room or write elsewhere", needed, free, inner);
    }
}
