namespace EtchStream.Formats.Ext4.Writing;

/// <summary>A directory in memory: its names in one buffer, a small record for each, and an index over them once there are many.</summary>
/// <remarks>This is what grows with the number of files, so it holds about 25 bytes beside each name.</remarks>
internal sealed class DirectoryNode
{
    private const int LinearLimit = 12;
    private Entry[] _entries = [];
    private byte[] _names = [];
    private int _namesLength;

    /// <summary>Open addressing: position in the entries + 1, 0 for a free place, -1 for one whose entry is gone.</summary>
    private int[]? _buckets;
    private int _bucketsUsed;

    public DirectoryNode(uint inode, uint parent, bool isNew)
    {
        Inode = inode;
        Parent = parent;
        IsNew = isNew;
        IsDirty = isNew;
    }

    public uint Inode { get; }

    public uint Parent { get; }

    /// <summary>Made in this run: nothing of it is on disk yet but its inode.</summary>
    public bool IsNew { get; }

    /// <summary>Its blocks have to be written.</summary>
    public bool IsDirty { get; set; }

    /// <summary>How many subdirectories were added, less those taken away.</summary>
    public int LinkDelta { get; set; }

    /// <summary>Number of names.</summary>
    public int Count { get; private set; }

    /// <summary>Places for <see cref="At"/>; some may be unused.</summary>
    public int Capacity { get; private set; }

    /// <summary>One entry; its inode is 0 where a name was taken away.</summary>
    public (uint Inode, byte Type) At(int index) => (_entries[index].Inode, _entries[index].Type);

    public ReadOnlySpan<byte> NameAt(int index) => _names.AsSpan(_entries[index].NameOffset, _entries[index].NameLength);

    /// <summary>Index of a name, -1 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        if (_buckets is null)
        {
            for (var i = 0; i < Capacity; i++)
            {
                if (_entries[i].Inode != 0 && _entries[i].NameLength == name.Length && NameAt(i).SequenceEqual(name)) return i;
            }

            return -1;
        }

        for (var at = Hash(name) & (_buckets.Length - 1); _buckets[at] != 0; at = (at + 1) & (_buckets.Length - 1))
        {
            var index = _buckets[at] - 1;
            if (index >= 0 && _entries[index].NameLength == name.Length && NameAt(index).SequenceEqual(name)) return index;
        }

        return -1;
    }

    /// <summary>Adds a name that is not there yet. Indexes from before are no longer valid.</summary>
    public void Add(ReadOnlySpan<byte> name, uint inode, byte type)
    {
        if (Capacity == _entries.Length && Count < Capacity / 2) Compact();
        if (Capacity == _entries.Length) Array.Resize(ref _entries, Math.Max(4, _entries.Length + _entries.Length / 2));
        if (_namesLength + name.Length > _names.Length) Array.Resize(ref _names, Math.Max(_namesLength + name.Length, Math.Max(32, _names.Length + _names.Length / 2)));
        name.CopyTo(_names.AsSpan(_namesLength));
        _entries[Capacity] = new Entry { Inode = inode, NameOffset = _namesLength, NameLength = (byte)name.Length, Type = type };
        _namesLength += name.Length;
        Capacity++;
        Count++;
        if (_buckets is not null && (_bucketsUsed + 1) * 4 <= _buckets.Length * 3) AddToBuckets(Capacity - 1);
        else if (_buckets is not null || Capacity > LinearLimit) RebuildBuckets();
    }

    public void RemoveAt(int index)
    {
        if (_buckets is not null)
        {
            var at = Hash(NameAt(index)) & (_buckets.Length - 1);
            while (_buckets[at] != index + 1) at = (at + 1) & (_buckets.Length - 1);
            _buckets[at] = -1;
        }

        _entries[index].Inode = 0;
        Count--;
    }

    /// <summary>Gives an existing name another inode, in its old place.</summary>
    public void ReplaceAt(int index, uint inode, byte type)
    {
        _entries[index].Inode = inode;
        _entries[index].Type = type;
    }

    /// <summary>Closes the gaps, in the same order: a name that is replaced a million times must take neither room nor time for a million.</summary>
    private void Compact()
    {
        var count = 0;
        _namesLength = 0;
        for (var i = 0; i < Capacity; i++)
        {
            var entry = _entries[i];
            if (entry.Inode == 0) continue;
            NameAt(i).CopyTo(_names.AsSpan(_namesLength));
            entry.NameOffset = _namesLength;
            _namesLength += entry.NameLength;
            _entries[count++] = entry;
        }

        Capacity = count;
        if (_buckets is not null) RebuildBuckets();
    }

    private void RebuildBuckets()
    {
        // Sized by the names in use, so that a directory whose names come and go does not grow.
        var length = 32;
        while (length < (Count + 1) * 2) length *= 2;
        _buckets = new int[length];
        _bucketsUsed = 0;
        for (var i = 0; i < Capacity; i++)
        {
            if (_entries[i].Inode != 0) AddToBuckets(i);
        }
    }

    private void AddToBuckets(int index)
    {
        var at = Hash(NameAt(index)) & (_buckets!.Length - 1);
        while (_buckets[at] > 0) at = (at + 1) & (_buckets.Length - 1);
        if (_buckets[at] == 0) _bucketsUsed++;
        _buckets[at] = index + 1;
    }

    /// <summary>Seeded anew in every process, so that no archive can be made whose names all collide. Nothing on disk depends on it.</summary>
    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    private struct Entry
    {
        public uint Inode;
        public int NameOffset;
        public byte NameLength;
        public byte Type;
    }
}
