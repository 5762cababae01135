using System.Runtime.InteropServices;
using EtchStream.Formats.Fat.Layout;

namespace EtchStream.Formats.Fat.Writing;

/// <content>The index over the names.</content>
internal sealed partial class FatDirectory
{
    /// <summary>By name as Windows compares them; those that Linux tells apart hang behind each other.</summary>
    private readonly Dictionary<string, FatObject> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By 8.3 name. The label has one too, and is no object.</summary>
    private readonly Dictionary<string, FatObject?> _keys = new(StringComparer.Ordinal);

    /// <summary>New objects whose 8.3 names are made at the end, so that no made one takes the name of a file that comes later.</summary>
    private readonly List<FatObject> _unnamed = [];

    private AliasMaker? _aliases;

    /// <summary>Number of objects.</summary>
    public int Count { get; private set; }

    /// <summary>All objects, in no order.</summary>
    public IEnumerable<FatObject> Objects
    {
        get
        {
            foreach (var head in _names.Values)
            {
                for (var item = head; item is not null; item = item.Alike) yield return item;
            }
        }
    }

    /// <summary>Finds an object by its name or its 8.3 name, as Linux does.</summary>
    /// <param name="name">The name.</param>
    /// <param name="alike">When nothing is found: the name of an object that Windows would find; else null.</param>
    public FatObject? Find(string name, out string? alike)
    {
        alike = null;
        if (_names.TryGetValue(name, out var head))
        {
            for (var item = head; item is not null; item = item.Alike)
            {
                if (FatNameComparer.AreSame(item.Name, name)) return item;
            }

            alike = head.Name;
        }

        return FatShortName.TryNatural(name, out var key, out _) && _keys.TryGetValue(key, out var found) ? found : null;
    }

    private void Load(string what)
    {
        foreach (var range in FatSlots.Parse(_slots))
        {
            ref readonly var slot = ref FatDirectorySlot.At((ReadOnlySpan<byte>)_slots, range.Own);
            var item = new FatObject { Name = FatSlots.NameOf(slot, range.LongName), Key = FatShortName.Key(slot.Name), First = range.First, Own = range.Own };
            if (!_keys.TryAdd(item.Key, item)) throw Twice(what, FatShortName.Decode(slot.Name, 0));
            AddName(item, what);
        }

        for (var i = 0; i < Materialized; i++)
        {
            ref readonly var slot = ref FatDirectorySlot.At((ReadOnlySpan<byte>)_slots, i);
            if (!FatSlots.IsFree(_slots, i) && FatSlots.IsLabel(slot)) _keys.TryAdd(FatShortName.Key(slot.Name), null);
        }
    }

    private void AddName(FatObject item, string what)
    {
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, item.Name, out _);
        for (var other = head; other is not null; other = other.Alike)
        {
            if (FatNameComparer.AreSame(other.Name, item.Name)) throw Twice(what, item.Name);
        }

        item.Alike = head;
        head = item;
        Count++;
    }

    private void RemoveName(FatObject item)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrNullRef(_names, item.Name);
        if (ReferenceEquals(place, item))
        {
            if (item.Alike is null) _names.Remove(item.Name);
            else place = item.Alike;
        }
        else
        {
            var before = place;
            while (!ReferenceEquals(before.Alike, item)) before = before.Alike!;
            before.Alike = item.Alike;
        }

        item.IsRemoved = true;
        if (item.Key is not null) _keys.Remove(item.Key);
        Count--;
    }

    /// <summary>Gives the objects that have none their 8.3 names, in the order in which they came.</summary>
    private void NameAll()
    {
        foreach (var item in _unnamed)
        {
            if (item.IsRemoved) continue;
            _aliases ??= new AliasMaker();
            item.Key = _aliases.Make(item.Name, _keys.ContainsKey);
            _keys.Add(item.Key, item);
            WriteNames(item);
        }

        _unnamed.Clear();
    }

    private static CorruptFormatException Twice(string what, string name) =>
        new(what, -1, $"it holds the name {FatVolume.Show(name)} twice: run fsck.vfat on the partition");
}
