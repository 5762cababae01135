using static EtchStream.Formats.Tar.TarHeaderLayout;

namespace EtchStream.Formats.Tar;

// The sparse forms (GNU tar manual, "Storing Sparse Files").
public sealed partial class TarReader
{
    private readonly SparseMap _map = new();
    private int _mapNext;
    private long _mapCount;
    private long _mapOffset;
    private long _mapNumbers;

    /// <summary>Type S: four entries in the header, more in extension blocks.</summary>
    private bool ProcessOldSparse(ReadOnlySpan<byte> header)
    {
        _map.Clear();
        _size = _pax.StarRealSize ?? Field(header, GnuRealSize, LargeLength, "full size");
        ReadOldEntries(header[GnuSparse..], GnuSparseEntries, HeaderPosition);
        return ContinueOldSparse(header[GnuIsExtended] != 0);
    }

    private bool ProcessSparseExtension()
    {
        var start = _rawLength - BlockSize;
        var block = _raw.AsSpan(start, BlockSize);
        _headerLength = _rawLength;
        if (!ReadOldEntries(block, GnuExtensionEntries, _entryOffset + start))
        {
            // An extension block that adds nothing could be repeated without end.
            if (block[GnuExtensionIsExtended] != 0) throw SparseMap.Corrupt(_entryOffset + start, "an extension block that ends the map says that another follows");
        }

        return ContinueOldSparse(block[GnuExtensionIsExtended] != 0);
    }

    private bool ContinueOldSparse(bool isExtended)
    {
        if (isExtended)
        {
            _step = Step.SparseExtension;
            Want(BlockSize);
            return false;
        }

        _runs = _map.Complete(_size, _stored, HeaderPosition);
        return FinishEntry(_stored);
    }

    /// <returns>False when an empty entry closed the map.</returns>
    private bool ReadOldEntries(ReadOnlySpan<byte> entries, int count, long position)
    {
        for (var i = 0; i < count; i++)
        {
            var entry = entries.Slice(i * GnuSparseEntryLength, GnuSparseEntryLength);
            if (entry[LargeLength] == 0) return false;
            _map.Add(
                MapField(entry[..LargeLength], position),
                MapField(entry[LargeLength..], position),
                position);
        }

        return true;
    }

    private static long MapField(ReadOnlySpan<byte> field, long position) =>
        TarNumber.TryParse(field, out var value) ? value : throw SparseMap.Corrupt(position, "an entry is not a number");

    /// <summary>Forms 0.0 and 0.1: the map is in the records.</summary>
    private bool ProcessPaxSparse()
    {
        if (_pax.SparseSize is not { } size) throw SparseMap.Corrupt(HeaderPosition, "the size of the file is not given");
        if (!_pax.HasSparseMap && _pax.SparseBlocks is not (null or 0)) throw SparseMap.Corrupt(HeaderPosition, "it is announced, but not there");
        _size = size;
        _runs = _pax.Map.Complete(size, _stored, HeaderPosition);
        return FinishEntry(_stored);
    }

    /// <summary>Form 1.0: decimal numbers, each closed by a line end, fill whole blocks in front of the content: a count, then offset and length of each entry.</summary>
    private bool BeginSparseMap()
    {
        if (_pax.SparseSize is not { } size) throw SparseMap.Corrupt(HeaderPosition, "the size of the file is not given");
        _size = size;
        _map.Clear();
        _mapNext = _rawLength;
        _mapCount = -1;
        _mapNumbers = 0;
        _step = Step.SparseMapBlock;
        WantMapBlock();
        return false;
    }

    private void WantMapBlock()
    {
        if (_stored < BlockSize) throw SparseMap.Corrupt(_entryOffset + _rawLength, "it is longer than what the member stores");
        _stored -= BlockSize;
        Want(BlockSize);
    }

    private bool ProcessSparseMapBlock()
    {
        _headerLength = _rawLength;
        while (_mapCount < 0 || _mapNumbers < _mapCount * 2)
        {
            var rest = _raw.AsSpan(_mapNext, _rawLength - _mapNext);
            var end = rest.IndexOf((byte)'\n');
            var position = _entryOffset + _mapNext;
            if (end < 0)
            {
                // No number has more than 19 digits: without a line end by then, none is to come.
                if (rest.Length > 19) throw SparseMap.Corrupt(position, "an entry is not a number");
                WantMapBlock();
                return false;
            }

            if (!PaxNumber.TryParse(rest[..end], out var number) || number < 0) throw SparseMap.Corrupt(position, "an entry is not a number");
            _mapNext += end + 1;
            TakeMapNumber(number, position);
        }

        _runs = _map.Complete(_size, _stored, HeaderPosition);
        return FinishEntry(_stored);
    }

    private void TakeMapNumber(long number, long position)
    {
        if (_mapCount < 0)
        {
            if (number > TarLimits.MaxSparseEntries) throw SparseMap.Corrupt(position, $"it has {number} entries, more than {TarLimits.MaxSparseEntries}");
            _mapCount = number;
            return;
        }

        if (_mapNumbers % 2 == 0) _mapOffset = number;
        else _map.Add(_mapOffset, number, position);
        _mapNumbers++;
    }
}
