namespace EtchStream.Formats.Fat;

/// <summary>Reads the content of one file. It remembers where it is in the file's chain, so that reading on costs one look into the FAT a cluster.</summary>
public sealed class FatFileReader
{
    private readonly FatVolume _volume;
    private readonly string _what;
    private readonly uint _first;
    private uint _cluster;
    private long _index;

    internal FatFileReader(FatVolume volume, uint firstCluster, long size, string what)
    {
        _volume = volume;
        _what = what;
        _first = firstCluster;
        _cluster = firstCluster;
        Length = size;
        if (size > 0 && !volume.Table.IsCluster(firstCluster))
        {
            throw new CorruptFormatException(what, -1, $"it has {size} bytes and begins at cluster {firstCluster}, which cannot be: run fsck.vfat on the partition");
        }
    }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Reads from <paramref name="offset"/>.</summary>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    /// <exception cref="CorruptFormatException">The chain is shorter than the file, or leads astray.</exception>
    public int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= Length) return 0;
        if (buffer.Length > Length - offset) buffer = buffer[..(int)(Length - offset)];
        var clusterSize = _volume.Info.ClusterSize;
        var total = buffer.Length;
        while (buffer.Length > 0)
        {
            GoTo(offset / clusterSize);
            var within = (int)(offset % clusterSize);
            var count = Math.Min(buffer.Length, clusterSize - within);
            _volume.ReadBytes(_volume.Info.ClusterOffset(_cluster) + within, buffer[..count]);
            buffer = buffer[count..];
            offset += count;
        }

        return total;
    }

    // No more steps than the file has clusters: a chain in a circle ends with the file's length.
    private void GoTo(long index)
    {
        if (index < _index) (_cluster, _index) = (_first, 0);
        while (_index < index)
        {
            var next = _volume.Table.Next(_cluster, _what);
            if (next == 0) throw new CorruptFormatException(_what, -1, $"it has {Length} bytes, and its chain ends after {_index + 1} clusters of {_volume.Info.ClusterSize}: run fsck.vfat on the partition");
            _cluster = next;
            _index++;
        }
    }
}
