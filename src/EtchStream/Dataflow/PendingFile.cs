using System.Security.Cryptography;
using EtchStream.Oci;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Dataflow;

/// <summary>
/// A file that gets its name only when it is complete: it is written under a temporary name in the same folder and then renamed.
/// Whatever goes wrong before that, nothing is left behind, and an older file of that name stays as it was.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private const int MaxNameInTemporary = 120;
    private bool _isCommitted;

    private PendingFile(string target, string temporary, SafeFileHandle handle)
    {
        Target = target;
        Temporary = temporary;
        Handle = handle;
    }

    /// <summary>The name that it will have, with links followed.</summary>
    public string Target { get; }

    /// <summary>The name that it has until then.</summary>
    public string Temporary { get; }

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Refuses a path that can only be a folder.</summary>
    /// <exception cref="OutputRefusedException">It is one.</exception>
    public static void EnsureNoFolder(string path)
    {
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path)) throw new OutputRefusedException(path, "it is a folder; name the file to write");
    }

    /// <summary>Refuses the name of a device that is not there: mistyped, it would become a file in memory that looks like success.</summary>
    /// <param name="shown">As the user gave it.</param>
    /// <param name="target">Where it leads to.</param>
    /// <exception cref="OutputRefusedException">It is one.</exception>
    public static void EnsureNoMissingDevice(string shown, string target)
    {
        const string SharedMemory = "/dev/shm/"; // the one folder there that is for files
        if (OperatingSystem.IsWindows() || !target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith(SharedMemory, StringComparison.Ordinal) || Path.Exists(target)) return;
        throw new OutputRefusedException(shown, "there is no such device; lsblk lists those that there are");
    }

    /// <summary>What a path leads to: a link is followed, so that what it names is replaced and not the link.</summary>
    /// <exception cref="OutputRefusedException">It is a link that leads nowhere.</exception>
    public static string ResolveLinks(string path)
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

    /// <summary>Creates the temporary file.</summary>
    /// <param name="shown">The path as the user gave it, for messages.</param>
    /// <param name="target">Where it leads to, from <see cref="ResolveLinks"/>.</param>
    /// <param name="access">Whether it is also read back.</param>
    /// <exception cref="IOException">The folder does not exist, or cannot be written.</exception>
    public static PendingFile Create(string shown, string target, FileAccess access)
    {
        var folder = Path.GetDirectoryName(target) ?? throw new OutputRefusedException(shown, "it is a folder; name the file to write");
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{shown}: the folder {folder} does not exist; make it first (mkdir -p)");
        var name = Path.GetFileName(target);
        if (name.Length > MaxNameInTemporary) name = name[..MaxNameInTemporary];
        var temporary = Path.Combine(folder, $".{name}.etchstream-{RandomNumberGenerator.GetHexString(12, lowercase: true)}.part");
        try
        {
            var handle = File.OpenHandle(temporary, FileMode.CreateNew, access, FileShare.Read, FileOptions.RandomAccess);
            if (!OperatingSystem.IsWindows() && File.Exists(target)) KeepMode(handle, target);
            return new PendingFile(target, temporary, handle);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"{shown}: no permission to write in its folder {folder}; name another one, or run as its owner or as root", e);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            // .NET's own words would name the temporary file.
            throw FileFailure.Of(e, shown, "write");
        }
    }

    /// <summary>Gives the file its name, replacing an older one in the same instant.</summary>
    public void Commit()
    {
        Handle.Dispose();
        File.Move(Temporary, Target, overwrite: true);
        _isCommitted = true;
    }

    /// <summary>Closes the file; deletes it when it was not committed.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        if (_isCommitted) return;
        try
        {
            File.Delete(Temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to be seen.
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
}
