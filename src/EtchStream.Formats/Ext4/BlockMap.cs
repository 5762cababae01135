namespace EtchStream.Formats.Ext4;

/// <summary>Where all blocks of an inode lie: its data, in order, and the blocks that hold the map itself.</summary>
internal sealed class BlockMap
{
    /// <summary>Data, sorted by logical block, without overlaps; holes are what is missing.</summary>
    public List<BlockRun> Runs { get; } = [];

    /// <summary>Extent-tree or indirect blocks.</summary>
    public List<long> MetadataBlocks { get; } = [];

    /// <summary>Adds a run, joined to the last one where it continues it.</summary>
    public void Add(BlockRun run)
    {
        if (Runs.Count > 0)
        {
            var last = Runs[^1];
            if (last.Logical + last.Count == run.Logical && last.Physical + last.Count == run.Physical && last.Unwritten == run.Unwritten)
            {
                Runs[^1] = last with { Count = last.Count + run.Count };
                return;
            }
        }

        Runs.Add(run);
    }

    /// <summary>The run that holds a logical block, or null in a hole.</summary>
    public BlockRun? Find(long logical)
    {
        int low = 0, high = Runs.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var run = Runs[middle];
            if (logical < run.Logical) high = middle - 1;
            else if (logical >= run.Logical + run.Count) low = middle + 1;
            else return run;
        }

        return null;
    }
}
