using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Sources;
using EtchStream.Sources.Linux;
using EtchStream.Trees;
using Microsoft.Win32.SafeHandles;

namespace EtchStream.Pack.Images;

/// <summary>The disk image that is packed: an open file, and what it is.</summary>
internal sealed class ImageFile : IDisposable
{
    private readonly DateTime _changed;
    private ExpandedFile? _expanded;

    private ImageFile(string path, SafeFileHandle handle, DateTime changed, long length, CompressionFormat compression)
    {
        _changed = changed;
        Path = path;
        Handle = handle;
        Length = length;
        Compression = compression;
    }

    /// <summary>The path as the user gave it.</summary>
    public string Path { get; }

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>How it is compressed.</summary>
    public CompressionFormat Compression { get; }

    /// <summary>Whether it is the disk's bytes themselves.</summary>
    public bool IsRaw => Compression == CompressionFormat.None;

    /// <summary>Opens an image.</summary>
    /// <exception cref="IOException">It is missing, cannot be read, or is no regular file.</exception>
    /// <exception cref="CorruptFormatException">It is empty.</exception>
    public static ImageFile Open(string path)
    {
        var handle = SourcePath.OpenFile(path);
        try
        {
            var changed = File.GetLastWriteTimeUtc(handle);
            var length = RandomAccess.GetLength(handle);
            if (length == 0) throw new CorruptFormatException($"image {path}", -1, "it is empty");
            var start = new byte[CompressionDetector.BytesWanted];
            var count = RandomAccess.Read(handle, start, 0);
            return new ImageFile(path, handle, changed, length, CompressionDetector.Detect(start.AsSpan(0, count)));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The disk's bytes by position; null where the image is compressed and was not expanded, so that nothing can be looked up in it.</summary>
    public FileDisk? Disk => IsRaw ? new FileDisk(Handle, Length) : _expanded?.AsDisk();

    /// <summary>The first stretch that is no hole, at or behind a position; null when the rest is one. Where holes cannot be found all is data.</summary>
    public DataRun? NextData(long position)
    {
        if (LinuxFile.IsAvailable) return LinuxHoles.Next(Handle, position, Length, Path);
        return position < Length ? new DataRun(position, Length - position) : null;
    }

    /// <summary>It is read several times, and each has to see the same: a hole that was filled meanwhile would be missing without a word.</summary>
    /// <exception cref="IOException">It was changed since it was opened.</exception>
    public void EnsureUnchanged()
    {
        if (File.GetLastWriteTimeUtc(Handle) != _changed) throw new IOException($"{Path}: the image was changed while it was read");
    }

    /// <summary>Expands a compressed image into a temporary file, so that it can be looked into. What is packed stays the compressed one.</summary>
    /// <exception cref="CorruptFormatException">The compressed content is broken.</exception>
    /// <exception cref="OutOfSpaceException">There is no room for it.</exception>
    public async Task ExpandAsync(PackCounters counters, CancellationToken cancellationToken)
    {
        if (IsRaw) return;
        counters.Enter(PackPhase.Expand, Length);
        using var wait = counters.Waits.Add(Path);
        await using var compressed = new ReadStream(
            (offset, buffer) =>
            {
                counters.Bytes = offset;
                wait.Begin();
                try
                {
                    return RandomAccess.Read(Handle, buffer, offset);
                }
                finally
                {
                    wait.End();
                }
            },
            Length);
        _expanded = await ExpandedFile.CreateAsync(compressed, Compression, Path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The manifest's description.</summary>
    public ManifestImage Describe() => new()
    {
        Name = MemberName(System.IO.Path.GetFileName(Path), Compression),
        Size = Length,
        Compression = IsRaw ? null : CompressionName.Of(Compression),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _expanded?.Dispose();
        Handle.Dispose();
    }

    /// <summary>The member's name: the file's, ending in <c>.img</c>, and behind it the ending of the compression that was found.</summary>
    internal static string MemberName(string file, CompressionFormat compression)
    {
        var ending = compression switch
        {
            CompressionFormat.Gzip => ".gz",
            CompressionFormat.Xz => ".xz",
            CompressionFormat.Zstd => ".zst",
            CompressionFormat.Bzip2 => ".bz2",
            CompressionFormat.Zip => ".zip",
            _ => "",
        };

        // A lone half of a surrogate pair has no UTF-8.
        var name = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(file));
        if (ending.Length > 0 && name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        if (!name.EndsWith(".img", StringComparison.OrdinalIgnoreCase)) name += ".img";
        return name + ending;
    }
}
