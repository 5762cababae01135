using EtchStream.Formats.IO;

namespace EtchStream.Formats.Tar;

/// <summary>Collects the map of a sparse member and holds it to its rules: ascending, not overlapping, within the file, and as much data as the archive stores.</summary>
internal sealed class SparseMap
{
    private readonly List<DataRun> _runs = [];
    private int _count;
    private long _end;
    private long _sum;

    /// <summary>Adds the next stretch. One of length 0 says only how long the file is at least.</summary>
    /// <param name="offset">First byte in the file.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="position">Where in the archive the entry stands, for the error.</param>
    public void Add(long offset, long length, long position)
    {
        if (offset < 0 || length < 0) throw Corrupt(position, "an entry is negative");
        if (offset > long.MaxValue - length) throw Corrupt(position, $"the entry at {offset} is {length} bytes long, which no file can hold");
        if (offset < _end) throw Corrupt(position, $"the entry at {offset} overlaps the one before it, which ends at {_end}");
        if (++_count > TarLimits.MaxSparseEntries) throw Corrupt(position, $"it has more than {TarLimits.MaxSparseEntries} entries");

        _end = offset + length;
        if (length == 0) return;

        // Stretches do not overlap and all end below 2^63, so that their sum does too.
        _sum += length;
        _runs.Add(new DataRun(offset, length));
    }

    /// <summary>Checks the whole against the file's size and what is stored.</summary>
    public DataRun[] Complete(long size, long stored, long position)
    {
        if (size < 0) throw Corrupt(position, "the size of the file is negative");
        if (_end > size) throw Corrupt(position, $"it reaches to byte {_end} of a file of {size} bytes");
        if (_sum != stored) throw Corrupt(position, $"its entries hold {_sum} bytes, but the member stores {stored}");
        return [.. _runs];
    }

    /// <summary>Forgets everything, for the next member.</summary>
    public void Clear()
    {
        _runs.Clear();
        _count = 0;
        _end = 0;
        _sum = 0;
    }

    internal static CorruptFormatException Corrupt(long position, string problem) => new("tar sparse map", position, problem);
}
