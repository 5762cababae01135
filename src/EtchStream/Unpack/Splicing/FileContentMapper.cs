using EtchStream.Formats;
using EtchStream.Formats.IO;

namespace EtchStream.Unpack.Splicing;

/// <summary>
/// Puts a file's content, which arrives as one stream of bytes, to the places that the file system gave it, and zeros to all
/// other bytes of those places.
/// </summary>
/// <remarks>
/// The places are whole blocks, the content is not: the rest of the last block, and the edges of a sparse file's stretches that
/// do not fall on block limits, would otherwise show what the blocks held before. A file system without holes has places for all of
/// a sparse file, gigabytes of zeros for a few bytes of content: so no call writes more of them than <see cref="MaxZeros"/>, and the
/// caller, who waits for the disk between the calls, makes as many as it takes. Reused for every file, so that it costs nothing but
/// the writes.
/// </remarks>
internal sealed class FileContentMapper
{
    /// <summary>The most zeros that one call writes.</summary>
    public const int MaxZeros = 1 << 20;

    private static readonly byte[] Zeros = new byte[64 * 1024];

    private IBlockWriter _writer = null!;
    private IReadOnlyList<FileRun> _places = [];
    private IReadOnlyList<DataRun>? _dataRuns;
    private long _size;

    private int _place;
    private long _filled;
    private int _dataRun;
    private long _dataPosition;
    private long _dataEnd;

    /// <summary>Starts a file.</summary>
    /// <param name="writer">Takes the bytes, at offsets of the file system.</param>
    /// <param name="places">What <see cref="IFileSystemWriter.CreateFile"/> answered, in order.</param>
    /// <param name="size">The file's length.</param>
    /// <param name="dataRuns">The stretches that arrive, in order; null when all of the file does.</param>
    public void Begin(IBlockWriter writer, IReadOnlyList<FileRun> places, long size, IReadOnlyList<DataRun>? dataRuns)
    {
        _writer = writer;
        _places = places;
        _dataRuns = dataRuns;
        _size = size;
        _place = 0;
        _filled = places.Count > 0 ? places[0].FileOffset : 0;
        _dataRun = -1;
        _dataPosition = 0;
        _dataEnd = 0;
    }

    /// <summary>Takes the next bytes of the content.</summary>
    /// <returns>How many it took: fewer than there are, even none, where many zeros come before them.</returns>
    public int Append(ReadOnlySpan<byte> content)
    {
        var length = content.Length;
        var zeros = MaxZeros;
        while (!content.IsEmpty)
        {
            if (_dataPosition == _dataEnd) NextDataRun();
            if (!ZeroUpTo(_dataPosition, ref zeros)) break;
            if (_place >= _places.Count || _places[_place].FileOffset > _dataPosition)
            {
                throw new InvalidOperationException($"the file system gave no place to byte {_dataPosition} of the file");
            }

            var place = _places[_place];
            var count = (int)Math.Min(content.Length, Math.Min(_dataEnd - _dataPosition, place.FileOffset + place.Length - _dataPosition));
            _writer.Write(place.VolumeOffset + (_dataPosition - place.FileOffset), content[..count]);
            content = content[count..];
            _dataPosition += count;
            _filled = _dataPosition;
            StepPlace();
        }

        return length - content.Length;
    }

    /// <summary>Ends the file: all places that got no content become zeros.</summary>
    /// <returns>False when zeros are left, for another call.</returns>
    public bool End()
    {
        var zeros = MaxZeros;
        return ZeroUpTo(long.MaxValue, ref zeros);
    }

    /// <summary>Checks a sparse member's stretches: in order, apart, inside the file.</summary>
    /// <exception cref="CorruptFormatException">They are not.</exception>
    public static void CheckDataRuns(IReadOnlyList<DataRun> runs, long size, long headerOffset)
    {
        long end = 0;
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i];
            if (run.Offset < end || run.Length < 0 || run.Offset > size - run.Length)
            {
                throw new CorruptFormatException("sparse map of the tar member", headerOffset, $"stretch {run.Offset}+{run.Length} is out of order, overlaps another or leaves the file of {size} bytes");
            }

            end = run.End;
        }
    }

    private void NextDataRun()
    {
        if (_dataRuns is null)
        {
            // The whole file is one stretch; a second one means more content than the file has bytes.
            if (_dataRun >= 0) throw new InvalidOperationException("more content than the file is long");
            _dataRun = 0;
            _dataEnd = _size;
        }

        while (_dataPosition == _dataEnd)
        {
            if (_dataRuns is null || ++_dataRun >= _dataRuns.Count) throw new InvalidOperationException("more content than the file's stretches hold");
            _dataPosition = _dataRuns[_dataRun].Offset;
            _dataEnd = _dataRuns[_dataRun].End;
        }
    }

    /// <returns>False when <paramref name="zeros"/>, which may still be written in this call, were not enough.</returns>
    private bool ZeroUpTo(long fileOffset, ref int zeros)
    {
        while (_place < _places.Count && _filled < fileOffset)
        {
            var place = _places[_place];
            var end = Math.Min(place.FileOffset + place.Length, fileOffset);
            while (_filled < end)
            {
                if (zeros == 0) return false;
                var count = (int)Math.Min(Math.Min(Zeros.Length, zeros), end - _filled);
                _writer.Write(place.VolumeOffset + (_filled - place.FileOffset), Zeros.AsSpan(0, count));
                _filled += count;
                zeros -= count;
            }

            StepPlace();
        }

        return true;
    }

    private void StepPlace()
    {
        while (_place < _places.Count && _filled >= _places[_place].FileOffset + _places[_place].Length)
        {
            _place++;
            if (_place < _places.Count) _filled = _places[_place].FileOffset;
        }
    }
}
