using System.Text;
using System.Text.Unicode;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.Oci;
using EtchStream.Sources;

namespace EtchStream.Browse;

/// <summary>Copies a file, or a folder with all that is in it, out of a partition onto this machine's file system.</summary>
/// <remarks>
/// Modes (the nine bits of access), times and symbolic links are kept; owners and extended attributes are not, a hard link becomes a file of its own,
/// holes stay holes. Everything is new: nothing that is there is replaced or followed, so that nothing can leave the destination.
/// </remarks>
public sealed class Extraction
{
    private const int AccessBits = 0x1FF;

    private readonly ImageBrowser _browser;
    private readonly byte[] _buffer = new byte[1 << 20];
    private CancellationToken _cancellation;

    private Extraction(ImageBrowser browser) => _browser = browser;

    /// <summary>Files that were written.</summary>
    public long Files { get; private set; }

    /// <summary>Bytes of their content.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies.</summary>
    /// <param name="browser">The partition.</param>
    /// <param name="path">What to copy, from the partition's root.</param>
    /// <param name="destination">What it becomes; must not be there, but its folder must.</param>
    /// <param name="cancellationToken">Stops it; the files that were copied whole stay.</param>
    /// <exception cref="FileNotFoundException">The partition has no such path.</exception>
    /// <exception cref="UnsupportedFormatException">A device, FIFO or socket, or a name that this machine cannot write.</exception>
    /// <exception cref="IOException">The destination is there already, or cannot be written.</exception>
    public static Extraction Run(ImageBrowser browser, ReadOnlySpan<byte> path, string destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(browser);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        var entry = browser.Get(path);
        if (Path.GetDirectoryName(Path.GetFullPath(destination)) is { } folder && !Directory.Exists(folder)) throw new DirectoryNotFoundException($"{destination}: the folder {folder} does not exist; make it first (mkdir -p)");
        var extraction = new Extraction(browser) { _cancellation = cancellationToken };
        extraction.Copy(entry, path.TrimEnd((byte)'/').ToArray(), destination);
        return extraction;
    }

    private void Copy(BrowsedEntry entry, byte[] path, string destination)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (Path.Exists(destination) || new FileInfo(destination).LinkTarget is not null) throw new IOException($"{destination}: it is there already; nothing is replaced, name another destination");
        switch (entry.Kind)
        {
            case FileKind.File:
                CopyFile(entry, destination);
                break;
            case FileKind.Directory:
                CopyFolder(entry, path, destination);
                break;
            case FileKind.SymbolicLink:
                var target = Text(entry.LinkTarget!.Value.Span, path);
                Write(destination, () => File.CreateSymbolicLink(destination, target));
                if (entry.Attributes is { } attributes) File.SetLastWriteTimeUtc(destination, TimeOf(attributes));
                break;
            default:
                throw new UnsupportedFormatException("device node", $"{_browser.Shown(path)}: it is {FileKindText.Of(entry.Kind)}, which is not extracted; mount the image, or extract what lies beside it");
        }
    }

    private void CopyFolder(BrowsedEntry entry, byte[] path, string destination)
    {
        Write(destination, () => Directory.CreateDirectory(destination));
        foreach (var child in _browser.List(path))
        {
            var name = Text(child.Name.Span, path);
            if (name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0', Path.DirectorySeparatorChar)) throw new CorruptFormatException(PathText.Of(path), -1, $"it holds an object with the name {child.ShownName}, which no folder can");
            Copy(child, ImageBrowser.Join(path, child.Name.Span), Path.Combine(destination, name));
        }

        // Last: a folder that may not be written is filled before it is one, and filling it changes its time.
        SetAttributes(destination, entry.Attributes, isFolder: true);
    }

    private void CopyFile(BrowsedEntry entry, string destination)
    {
        try
        {
            CopyContent(entry, destination);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            File.Delete(destination);
            throw Full(destination, e);
        }
        catch
        {
            // Half a file must not look like one.
            File.Delete(destination);
            throw;
        }

        Files++;
        SetAttributes(destination, entry.Attributes, isFolder: false);
    }

    private static OutOfSpaceException Full(string destination, IOException inner) => new($"{destination}: no space left on its disk; make room, or extract elsewhere", inner: inner);

    /// <summary>Makes something, with errors that name it.</summary>
    private static T Write<T>(string destination, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw Full(destination, e);
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw FileFailure.Of(e, destination, "write");
        }
    }

    private void CopyContent(BrowsedEntry entry, string destination)
    {
        using var content = _browser.Open(entry);
        using var handle = Write(destination, () => File.OpenHandle(destination, FileMode.CreateNew, FileAccess.Write));
        using var file = new FileDisk(handle, entry.Size);
        long position = 0;
        while (content.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false) is > 0 and var count)
        {
            _cancellation.ThrowIfCancellationRequested();
            ZeroRuns.WriteNonZero(file, position, _buffer.AsSpan(0, count));
            position += count;
        }

        RandomAccess.SetLength(handle, position);
        Bytes += position;
    }

    private static void SetAttributes(string path, UnixAttributes? attributes, bool isFolder)
    {
        if (attributes is null) return;
        if (isFolder) Directory.SetLastWriteTimeUtc(path, TimeOf(attributes));
        else File.SetLastWriteTimeUtc(path, TimeOf(attributes));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)(attributes.Mode & AccessBits));
    }

    private static DateTime TimeOf(UnixAttributes attributes)
    {
        var seconds = Math.Clamp(attributes.ModificationTime.Seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 1);
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(attributes.ModificationTime.Nanoseconds / 100).UtcDateTime;
    }

    private static string Text(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> where) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new UnsupportedFormatException("name", $"{PathText.Of(where)}: {PathText.Of(bytes)} is not UTF-8, which this program cannot write here");
}
