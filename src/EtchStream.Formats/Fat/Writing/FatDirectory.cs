using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>A directory in memory: its slots as they lie on disk, and an index over the names in them.</summary>
internal sealed partial class FatDirectory
{
    /// <summary>A long name's slots and the object's own.</summary>
    private const int MaxSlotsOfOne = ((K.MaxNameLength + K.UnitsPerSlot - 1) / K.UnitsPerSlot) + 1;

    /// <summary>For every number of slots: no free run of so many begins before.</summary>
    private readonly int[] _searchFrom = new int[MaxSlotsOfOne + 1];

    /// <summary>The first slots. Those behind were never used, and are zeros on disk.</summary>
    private byte[] _slots;

    private FatDirectory(FatDirectory? parent, List<uint> clusters, byte[] slots)
    {
        Parent = parent;
        Clusters = clusters;
        _slots = slots;
        Materialized = slots.Length / K.SlotSize;
    }

    /// <summary>The directory that it lies in; null for the root.</summary>
    public FatDirectory? Parent { get; }

    /// <summary>Its chain; empty for the root of FAT12 and FAT16, which has a fixed place and size.</summary>
    public List<uint> Clusters { get; }

    /// <summary>First cluster, 0 for a root of fixed size.</summary>
    public uint FirstCluster => Clusters.Count > 0 ? Clusters[0] : 0;

    /// <summary>What <c>..</c> of a directory in it says: the root is always 0 there, FAT32's too.</summary>
    public uint ParentReference => Parent is null ? 0 : FirstCluster;

    /// <summary>Made in this run.</summary>
    public bool IsNew { get; private init; }

    /// <summary>It has to be written.</summary>
    public bool IsDirty { get; private set; }

    private int Materialized { get; set; }

    /// <summary>Takes a directory of the volume into memory.</summary>
    public static FatDirectory Existing(FatDirectory? parent, List<uint> clusters, byte[] slots, string what)
    {
        var directory = new FatDirectory(parent, clusters, slots);
        directory.Load(what);
        return directory;
    }

    /// <summary>A new directory with <c>.</c> and <c>..</c>.</summary>
    public static FatDirectory New(FatDirectory parent, uint cluster, FatDirectorySlot self)
    {
        var directory = new FatDirectory(parent, [cluster], new byte[4 * K.SlotSize]) { IsNew = true, IsDirty = true, Materialized = 2 };
        foreach (var (index, name, target) in ((int, byte[], uint)[])[(0, FatShortName.Self.ToArray(), cluster), (1, FatShortName.Parent.ToArray(), parent.ParentReference)])
        {
            ref var slot = ref directory.Edit(index);
            slot = self;
            name.CopyTo((Span<byte>)slot.Name);
            slot.FirstCluster = target;
        }

        return directory;
    }

    /// <summary>The slot of an object, for reading.</summary>
    public ref readonly FatDirectorySlot this[FatObject item] => ref FatDirectorySlot.At((ReadOnlySpan<byte>)_slots, item.Own);

    /// <summary>The slot of an object, for changing it.</summary>
    public ref FatDirectorySlot Change(FatObject item)
    {
        IsDirty = true;
        return ref Edit(item.Own);
    }

    /// <summary>Slots that a name takes.</summary>
    public static int SlotsOf(string name) => 1 + (FatShortName.TryNatural(name, out _, out var isUpper) && isUpper ? 0 : FatLongName.SlotCount(name));

    /// <summary>Where the first run of free slots begins; it may reach behind the end of the directory.</summary>
    public int FindFree(int count)
    {
        var at = _searchFrom[count];
        while (at < Materialized)
        {
            var end = at;
            while (end < Materialized && end - at < count && FatSlots.IsFree(_slots, end)) end++;
            if (end - at == count || end == Materialized) break;
            at = end + 1;
        }

        return _searchFrom[count] = Math.Min(at, Materialized);
    }

    /// <summary>Adds an object that is not there, at a place that <see cref="FindFree"/> found.</summary>
    public FatObject Add(string name, int first, FatDirectorySlot described)
    {
        var count = SlotsOf(name);
        Materialize(first + count);
        var item = new FatObject { Name = name, First = first, Own = first + count - 1, GivenName = name };
        Edit(item.Own) = described;
        AddName(item, "FAT directory");
        if (FatShortName.TryNatural(name, out var key, out _))
        {
            // It is free: an object that has it would have been found under this name. Only the label may have it too.
            item.Key = key;
            _keys[key] = item;
            WriteNames(item);
        }
        else
        {
            _unnamed.Add(item);

            // Until it has its name, the slots only have to be taken.
            for (var i = first; i <= item.Own; i++) _slots[i * K.SlotSize] = (byte)'?';
        }

        IsDirty = true;
        return item;
    }

    /// <summary>Takes an object away.</summary>
    public void Remove(FatObject item)
    {
        RemoveName(item);
        for (var i = item.First; i <= item.Own; i++) _slots[i * K.SlotSize] = K.Deleted;
        for (var count = 1; count < _searchFrom.Length; count++) _searchFrom[count] = Math.Min(_searchFrom[count], Math.Max(0, item.First - MaxSlotsOfOne));
        IsDirty = true;
    }

    /// <summary>Writes all of it.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="offsetOf">Where a cluster lies.</param>
    /// <param name="pieceSize">Bytes of a cluster, or of the root of fixed size.</param>
    /// <param name="fixedOffset">Where the root of fixed size lies.</param>
    public IEnumerable<int> Write(IBlockWriter writer, Func<uint, long> offsetOf, int pieceSize, long fixedOffset)
    {
        NameAll();
        var piece = new byte[pieceSize];
        for (var i = 0; i < Math.Max(1, Clusters.Count); i++)
        {
            var from = Math.Min(i * pieceSize, Materialized * K.SlotSize);
            var held = _slots.AsSpan(from, Math.Min(pieceSize, (Materialized * K.SlotSize) - from));
            held.CopyTo(piece);
            piece.AsSpan(held.Length).Clear();
            writer.Write(Clusters.Count == 0 ? fixedOffset : offsetOf(Clusters[i]), piece);
            yield return 0;
        }

        IsDirty = false;
    }

    private ref FatDirectorySlot Edit(int index) => ref FatDirectorySlot.At(_slots.AsSpan(), index);

    private void Materialize(int count)
    {
        if (count <= Materialized) return;
        if (count * K.SlotSize > _slots.Length) Array.Resize(ref _slots, Math.Max(count * K.SlotSize, _slots.Length * 2));
        Materialized = count;
    }

    private void WriteNames(FatObject item)
    {
        Span<byte> shortName = Edit(item.Own).Name;
        for (var i = 0; i < shortName.Length; i++) shortName[i] = (byte)item.Key![i];
        var slots = _slots.AsSpan(item.First * K.SlotSize, (item.Own - item.First) * K.SlotSize);
        if (!slots.IsEmpty) FatLongName.Encode(slots, item.Name, FatShortName.Checksum(shortName));
    }
}
