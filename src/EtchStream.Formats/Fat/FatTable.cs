using System.Buffers.Binary;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat;

/// <summary>
/// The file allocation table: for every cluster the next one of its chain. Its entries are 12, 16 or 32 bits wide on disk and look
/// like those of FAT32 here.
/// </summary>
/// <remarks>
/// It is read in pages, of which a fixed number stays in memory: the table of a 2 TiB volume has 512 MiB. A changed page goes to all
/// FATs when its place is needed, or at <see cref="Flush"/>.
/// </remarks>
internal sealed class FatTable
{
    /// <summary>A multiple of every sector size.</summary>
    private const int PageSize = 4096;
    private const int PageCount = 512;

    private readonly FatVolumeInfo _info;
    private readonly IRandomReader _volume;
    private readonly IBlockWriter? _writer;
    private readonly Page?[] _pages = new Page?[PageCount];

    /// <param name="info">The geometry.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="writer">The same volume when it is to be changed, else null.</param>
    public FatTable(FatVolumeInfo info, IRandomReader volume, IBlockWriter? writer)
    {
        _info = info;
        _volume = volume;
        _writer = writer;
    }

    /// <summary>Whether a number is that of a cluster.</summary>
    public bool IsCluster(uint number) => number >= K.FirstCluster && number < _info.EndCluster;

    /// <summary>An entry: 0 for a free cluster, <see cref="K.Bad"/>, <see cref="K.EndOfChain"/> or more, or the next cluster.</summary>
    public uint this[uint cluster]
    {
        get
        {
            var at = EntryOffset(cluster);
            return _info.Bits switch
            {
                12 => Widen((uint)(Pair(at) >> Shift(cluster)) & 0xFFF, 0xFF7),
                16 => Widen(BinaryPrimitives.ReadUInt16LittleEndian(Bytes(at, 2)), 0xFFF7),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(at, 4)) & K.EntryMask,
            };
        }

        set
        {
            var at = EntryOffset(cluster);
            switch (_info.Bits)
            {
                case 12:
                    SetPair(at, (Pair(at) & ~(0xFFF << Shift(cluster))) | (int)((value & 0xFFF) << Shift(cluster)));
                    break;
                case 16:
                    BinaryPrimitives.WriteUInt16LittleEndian(Edit(at, 2), (ushort)(value & 0xFFFF));
                    break;
                default:
                    var bytes = Edit(at, 4);
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes, (BinaryPrimitives.ReadUInt32LittleEndian(bytes) & ~K.EntryMask) | (value & K.EntryMask));
                    break;
            }
        }
    }

    /// <summary>The next cluster of a chain; 0 at its end.</summary>
    /// <param name="cluster">A cluster of the chain.</param>
    /// <param name="what">What the chain belongs to, for the message.</param>
    /// <exception cref="CorruptFormatException">The chain leads to a free or bad cluster, or out of the volume.</exception>
    public uint Next(uint cluster, string what)
    {
        var next = this[cluster];
        if (next >= K.EndOfChain) return 0;
        if (IsCluster(next)) return next;
        var problem = next switch
        {
            0 => "is marked free",
            K.Bad => "is marked bad",
            _ => $"leads to cluster {next}, and there are only those from 2 to {_info.EndCluster - 1}",
        };
        throw new CorruptFormatException(what, -1, $"cluster {cluster} of its chain {problem}: run fsck.vfat on the partition");
    }

    /// <summary>Writes all changed pages.</summary>
    public void Flush()
    {
        foreach (var page in _pages)
        {
            if (page is { IsDirty: true }) Write(page);
        }
    }

    // The bad mark and the end marks above it mean the same in every width. All below can be clusters.
    private static uint Widen(uint entry, uint badMark) => entry >= badMark ? entry | (K.EntryMask & ~0xFu) : entry;

    private static int Shift(uint cluster) => cluster % 2 == 0 ? 0 : 4;

    private long EntryOffset(uint cluster) => (long)cluster * _info.Bits / 8;

    /// <summary>Two bytes, which may lie in two pages: an entry of FAT12 can cross a sector's edge.</summary>
    private int Pair(long at) => Bytes(at, 1)[0] | (Bytes(at + 1, 1)[0] << 8);

    private void SetPair(long at, int value)
    {
        Edit(at, 1)[0] = (byte)(value & 0xFF);
        Edit(at + 1, 1)[0] = (byte)((value >> 8) & 0xFF);
    }

    private ReadOnlySpan<byte> Bytes(long at, int count) => Load(at / PageSize).Bytes.AsSpan((int)(at % PageSize), count);

    private Span<byte> Edit(long at, int count)
    {
        var page = Load(at / PageSize);
        page.IsDirty = true;
        return page.Bytes.AsSpan((int)(at % PageSize), count);
    }

    private Page Load(long index)
    {
        ref var place = ref _pages[index % PageCount];
        if (place is { } page && page.Index == index) return page;
        if (place is { IsDirty: true }) Write(place);
        place ??= new Page();

        // Until it is read the page is none, so that an error leaves nothing half read behind.
        place.Index = -1;
        _volume.Read(_info.FatOffset + (_info.ActiveFat * _info.FatLength) + (index * PageSize), place.Bytes.AsSpan(0, LengthOf(index)));
        place.Index = index;
        return place;
    }

    private int LengthOf(long index) => (int)Math.Min(PageSize, _info.FatLength - (index * PageSize));

    private void Write(Page page)
    {
        for (var fat = 0; fat < _info.FatCount; fat++)
        {
            if (!_info.IsMirrored && fat != _info.ActiveFat) continue;
            _writer!.Write(_info.FatOffset + (fat * _info.FatLength) + (page.Index * PageSize), page.Bytes.AsSpan(0, LengthOf(page.Index)));
        }

        page.IsDirty = false;
    }

    private sealed class Page
    {
        public byte[] Bytes { get; } = new byte[PageSize];

        public long Index { get; set; } = -1;

        public bool IsDirty { get; set; }
    }
}
