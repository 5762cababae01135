using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>A disk over an image that is never changed: what is written lies in pages of its own, and <see cref="Reset"/> forgets them.</summary>
internal sealed class OverlayDisk(byte[] image) : IDisk
{
    private const int PageSize = 1024;
    private readonly byte[]?[] _pages = new byte[]?[(image.Length + PageSize - 1) / PageSize];
    private readonly List<int> _used = [];
    private readonly Stack<byte[]> _spare = new();

    public long Length { get; set; } = image.Length;

    public void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length) throw new CorruptFormatException("overlay", offset, $"a read of {buffer.Length} bytes leaves it");
        while (buffer.Length > 0)
        {
            var (page, within) = ((int)(offset / PageSize), (int)(offset % PageSize));
            var count = Math.Min(PageSize - within, buffer.Length);
            var source = _pages[page] is { } own ? own.AsSpan(within, count) : image.AsSpan((int)offset, count);
            source.CopyTo(buffer);
            buffer = buffer[count..];
            offset += count;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (offset < 0 || offset > Length - data.Length) throw new CorruptFormatException("overlay", offset, $"a write of {data.Length} bytes leaves it");
        while (data.Length > 0)
        {
            var (page, within) = ((int)(offset / PageSize), (int)(offset % PageSize));
            var count = Math.Min(PageSize - within, data.Length);
            data[..count].CopyTo(Page(page).AsSpan(within));
            data = data[count..];
            offset += count;
        }
    }

    /// <summary>The bytes of one stretch inside a page, for changing them.</summary>
    public Span<byte> Edit(long offset, int length) => Page((int)(offset / PageSize)).AsSpan((int)(offset % PageSize), length);

    public void Reset()
    {
        foreach (var page in _used)
        {
            _spare.Push(_pages[page]!);
            _pages[page] = null;
        }

        _used.Clear();
        Length = image.Length;
    }

    private byte[] Page(int index)
    {
        if (_pages[index] is { } page) return page;
        page = _spare.Count > 0 ? _spare.Pop() : new byte[PageSize];
        image.AsSpan(index * PageSize, Math.Min(PageSize, image.Length - index * PageSize)).CopyTo(page);
        _pages[index] = page;
        _used.Add(index);
        return page;
    }
}
