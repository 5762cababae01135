using EtchStream.Formats.IO;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>Takes free clusters and links them to chains, and gives chains back.</summary>
/// <remarks>It keeps two bits a cluster: 64 MiB for the largest volume there can be, 128 KiB for one of 4 GiB with clusters of 8 KiB.</remarks>
internal sealed class ClusterAllocator
{
    private readonly FatTable _table;
    private readonly byte[] _used;

    /// <summary>Clusters taken in this run.</summary>
    private readonly byte[] _own;
    private readonly int _end;
    private int _cursor;

    /// <summary>No run of so many free clusters is left.</summary>
    private long _missing = long.MaxValue;

    /// <param name="volume">The volume.</param>
    /// <param name="hint">The cluster to begin the search at; 0 when there is no hint.</param>
    public ClusterAllocator(FatVolume volume, uint hint)
    {
        _table = volume.Table;
        (_used, FreeCount) = FatFreeSpace.Map(volume.Reader, volume.Info);
        _own = new byte[_used.Length];
        _end = (int)volume.Info.EndCluster;
        _cursor = _table.IsCluster(hint) ? (int)hint : (int)K.FirstCluster;
    }

    /// <summary>Clusters that are free.</summary>
    public long FreeCount { get; private set; }

    /// <summary>The cluster that was taken last; 0 when none was.</summary>
    public uint LastTaken { get; private set; }

    /// <summary>Takes clusters for a file or directory and links them: in one piece where there is one, else piece by piece from where the last search ended.</summary>
    /// <param name="count">How many; no more than <see cref="FreeCount"/>.</param>
    public List<ClusterRun> Allocate(long count)
    {
        if (count > FreeCount) throw new InvalidOperationException($"{count} clusters were asked for, and {FreeCount} are free");
        var runs = new List<ClusterRun>();
        if (count > 0 && TryFind(count, out var first))
        {
            Take(first, (int)count, runs);
            return runs;
        }

        for (var at = _cursor; count > 0;)
        {
            at = Bitmap.NextClear(_used, at, _end);
            if (at == _end)
            {
                at = (int)K.FirstCluster;
                continue;
            }

            var stop = Bitmap.NextSet(_used, at, (int)Math.Min(_end, at + count));
            Take(at, stop - at, runs);
            count -= stop - at;
            at = stop;
        }

        return runs;
    }

    /// <summary>Takes one cluster and hangs it at the end of a chain.</summary>
    public uint Extend(uint last)
    {
        var cluster = Allocate(1)[0].First;
        _table[last] = cluster;
        return cluster;
    }

    /// <summary>Fails when a cluster of the volume's own was free before this run, or one of this run was not.</summary>
    /// <remarks>A damaged chain can run into a free cluster, and that may have been taken since: to give it back would destroy what was written.</remarks>
    /// <param name="cluster">The cluster.</param>
    /// <param name="isOwn">Whether it has to be of this run.</param>
    /// <param name="what">What the chain belongs to, for messages.</param>
    public void EnsureOwner(uint cluster, bool isOwn, string what)
    {
        if (Bitmap.IsSet(_own, (int)cluster) != isOwn) throw new CorruptFormatException(what, -1, $"its chain leads to cluster {cluster}, which was marked free: run fsck.vfat on the partition");
    }

    /// <summary>Gives a chain back, every link of which has been looked at.</summary>
    /// <param name="first">Its first cluster; 0 for none.</param>
    /// <param name="what">What it belongs to, for messages.</param>
    public void FreeChain(uint first, string what)
    {
        for (var cluster = first; cluster != 0;)
        {
            var next = _table.Next(cluster, what);
            Release(cluster);
            cluster = next;
        }
    }

    /// <summary>Gives back the clusters of a directory whose chain has been read.</summary>
    public void Free(List<uint> clusters)
    {
        foreach (var cluster in clusters) Release(cluster);
    }

    private void Release(uint cluster)
    {
        _table[cluster] = 0;
        Bitmap.Clear(_used, (int)cluster, 1);
        Bitmap.Clear(_own, (int)cluster, 1);
        FreeCount++;
        _missing = long.MaxValue;
    }

    private void Take(int first, int count, List<ClusterRun> runs)
    {
        Bitmap.Set(_used, first, count);
        Bitmap.Set(_own, first, count);
        FreeCount -= count;
        if (runs.Count > 0) _table[runs[^1].First + runs[^1].Count - 1] = (uint)first;
        var last = (uint)(first + count - 1);
        for (var cluster = (uint)first; cluster < last; cluster++) _table[cluster] = cluster + 1;
        _table[last] = K.EntryMask;
        runs.Add(new ClusterRun((uint)first, (uint)count));
        LastTaken = last;
        _cursor = first + count;
    }

    private bool TryFind(long count, out int first)
    {
        first = 0;
        if (count >= _missing) return false;
        if (TryFind(_cursor, count, out first) || TryFind((int)K.FirstCluster, count, out first)) return true;
        _missing = count;
        return false;
    }

    private bool TryFind(int from, long count, out int first)
    {
        for (first = from; ;)
        {
            first = Bitmap.NextClear(_used, first, _end);
            if (first > _end - count) return false;
            var stop = Bitmap.NextSet(_used, first, (int)(first + count));
            if (stop - first == count) return true;
            first = stop;
        }
    }
}
