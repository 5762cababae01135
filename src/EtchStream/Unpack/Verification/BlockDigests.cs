namespace EtchStream.Unpack.Verification;

/// <summary>
/// A CRC-32C for each block of 4096 bytes that is not zero, taken when it was written. 4 bytes a block: 1 MiB of memory for each GiB of
/// data; holes cost nothing.
/// </summary>
internal sealed class BlockDigests
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 4096;

    private const int PerPage = 4096;

    private readonly Dictionary<long, uint[]> _pages = [];

    /// <summary>The digest of a block's content; 0 stands for zeros and for nothing else.</summary>
    public static uint Of(ReadOnlySpan<byte> block)
    {
        if (block.IndexOfAnyExcept((byte)0) < 0) return 0;
        var crc = Castagnoli.Append(Castagnoli.Start, block);
        return crc == 0 ? 1 : crc;
    }

    /// <summary>The digest that a block should have.</summary>
    public uint this[long block]
    {
        get => _pages.TryGetValue(block / PerPage, out var page) ? page[block % PerPage] : 0;
        set
        {
            if (!_pages.TryGetValue(block / PerPage, out var page))
            {
                if (value == 0) return;
                _pages.Add(block / PerPage, page = new uint[PerPage]);
            }

            page[block % PerPage] = value;
        }
    }

    /// <summary>Notes that blocks are zero.</summary>
    public void Clear(long first, long end)
    {
        while (first < end)
        {
            var next = Math.Min(end, ((first / PerPage) + 1) * PerPage);
            if (_pages.TryGetValue(first / PerPage, out var page)) page.AsSpan((int)(first % PerPage), (int)(next - first)).Clear();
            first = next;
        }
    }
}
