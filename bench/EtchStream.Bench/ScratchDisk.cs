using System.Diagnostics;
using EtchStream.Formats.IO;

namespace EtchStream.Bench;

/// <summary>A file system made by the host's own program, in memory. What is written lies beside it, and is forgotten by <see cref="Reset"/>.</summary>
internal sealed class ScratchDisk : IDisk
{
    private const int PageSize = 4096;
    private readonly byte[] _image;
    private readonly Dictionary<long, byte[]> _pages = [];
    private readonly Stack<byte[]> _spare = new();

    private ScratchDisk(byte[] image)
    {
        _image = image;
        Length = image.Length;
    }

    /// <inheritdoc/>
    public long Length { get; set; }

    /// <summary>Makes one: <c>mke2fs</c> or <c>mkfs.vfat</c>, with the file as their last argument.</summary>
    public static ScratchDisk Make(int mebibytes, string program, params string[] arguments)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path)) file.SetLength((long)mebibytes << 20);
            var start = new ProcessStartInfo(program, [.. arguments, path]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] += ":/usr/sbin:/sbin";
            using var process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? new ScratchDisk(File.ReadAllBytes(path)) : throw new InvalidOperationException($"{program} failed");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Forgets what was written.</summary>
    public void Reset()
    {
        foreach (var page in _pages.Values) _spare.Push(page);
        _pages.Clear();
        Length = _image.Length;
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var within = (int)(offset % PageSize);
            var count = Math.Min(PageSize - within, buffer.Length);
            if (_pages.TryGetValue(offset / PageSize, out var page)) page.AsSpan(within, count).CopyTo(buffer);
            else if (offset < _image.Length) _image.AsSpan((int)offset, count).CopyTo(buffer);
            else buffer[..count].Clear();
            buffer = buffer[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var within = (int)(offset % PageSize);
            var count = Math.Min(PageSize - within, data.Length);
            data[..count].CopyTo(Page(offset / PageSize).AsSpan(within));
            data = data[count..];
            offset += count;
        }
    }

    private byte[] Page(long index)
    {
        if (_pages.TryGetValue(index, out var page)) return page;
        if (!_spare.TryPop(out page)) page = new byte[PageSize];
        if (index * PageSize < _image.Length) _image.AsSpan((int)index * PageSize, PageSize).CopyTo(page);
        else Array.Clear(page);
        _pages.Add(index, page);
        return page;
    }
}
