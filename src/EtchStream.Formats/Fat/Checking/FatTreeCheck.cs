using EtchStream.Formats.Checking;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat.Checking;

/// <summary>Walks all directories and follows every chain of clusters.</summary>
internal sealed class FatTreeCheck
{
    private readonly FatVolume _volume;
    private readonly FatVolumeInfo _info;
    private readonly CheckLog _log;
    private readonly Stack<(uint Cluster, uint Parent, string Path)> _pending = new();

    public FatTreeCheck(FatVolume volume, CheckLog log)
    {
        _volume = volume;
        _info = volume.Info;
        _log = log;
        Used = new byte[((long)_info.EndCluster + 63) / 64 * 8];
    }

    /// <summary>A bit for each cluster that belongs to something.</summary>
    public byte[] Used { get; }

    /// <summary>Runs.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        // The root is not named anywhere; '..' in its folders says 0, whatever its cluster.
        if (_info.Bits == 32) _pending.Push((_info.RootCluster, 0, ""));
        else _log.Try(() => Scan(_volume.ReadSlots(null, "FAT root directory", out _), 0, 0, ""));
        while (_pending.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (cluster, parent, path) = next;
            if (Follow(cluster, path.Length == 0 ? "the root directory" : $"the directory {path}", out _)) _log.Try(() => Scan(_volume.ReadSlots(cluster, $"FAT directory {path}", out _), cluster, parent, path));
        }
    }

    private void Scan(byte[] slots, uint own, uint parent, string path)
    {
        if (path.Length > 0) CheckDots(slots, own, parent, path);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        var objects = FatSlots.Parse(slots);
        CheckLongNames(slots, objects, path);
        foreach (var range in objects)
        {
            ref readonly var slot = ref FatDirectorySlot.At((ReadOnlySpan<byte>)slots, range.Own);
            var entry = _volume.Describe(slot, range.LongName);
            var shown = $"{path}/{FatVolume.Show(entry.Name)}";
            if (!names.Add(FatNameComparer.Key(entry.Name)) || !aliases.Add(FatShortName.Key(slot.Name))) _log.Error($"{shown} has a name that is there twice");
            if (HasBadName(slot)) _log.Error($"{shown} has a short name of impossible characters");
            var first = _volume.FirstCluster(slot);
            if (entry.IsDirectory)
            {
                if ((uint)slot.Size != 0) _log.Error($"the directory {shown} has a size of {(uint)slot.Size} bytes, which no directory has");
                if (first == 0) _log.Error($"the directory {shown} has no cluster");
                else _pending.Push((first, own == _info.RootCluster && _info.Bits == 32 ? 0 : own, shown));
            }
            else
            {
                CheckFile(entry, first, shown);
            }
        }
    }

    private void CheckLongNames(byte[] slots, List<FatSlotRange> objects, string path)
    {
        var owned = 0;
        foreach (var range in objects) owned += range.Own - range.First;
        var all = 0;
        for (var i = 0; i < slots.Length / K.SlotSize; i++)
        {
            if (!FatSlots.IsFree(slots, i) && FatDirectorySlot.At((ReadOnlySpan<byte>)slots, i).Attributes == K.LongName) all++;
        }

        if (all > owned) _log.Warn($"the directory {(path.Length == 0 ? "/" : path)} has {all - owned} parts of long names that belong to no file");
    }

    private void CheckFile(FatDirectoryEntry file, uint first, string shown)
    {
        long count = 0;
        if (first != 0 && !Follow(first, shown, out count)) return;
        var needed = (file.Size + _info.ClusterSize - 1) / _info.ClusterSize;
        if (count != needed) _log.Error($"{shown} has {file.Size} bytes, and a chain of {count} clusters of {_info.ClusterSize}");
    }

    private void CheckDots(byte[] slots, uint own, uint parent, string path)
    {
        ref readonly var self = ref FatDirectorySlot.At((ReadOnlySpan<byte>)slots, 0);
        ref readonly var up = ref FatDirectorySlot.At((ReadOnlySpan<byte>)slots, 1);
        if (!((ReadOnlySpan<byte>)self.Name).SequenceEqual(FatShortName.Self) || !((ReadOnlySpan<byte>)up.Name).SequenceEqual(FatShortName.Parent)) _log.Error($"the directory {path} does not begin with '.' and '..'");
        else if (_volume.FirstCluster(self) != own) _log.Error($"'.' of the directory {path} leads to cluster {_volume.FirstCluster(self)}, and it begins at {own}");
        else if (_volume.FirstCluster(up) != parent) _log.Error($"'..' of the directory {path} leads to cluster {_volume.FirstCluster(up)}, and its parent begins at {parent}");
    }

    private static bool HasBadName(in FatDirectorySlot slot)
    {
        ReadOnlySpan<byte> name = slot.Name;
        if (name[0] == (byte)' ') return true;
        foreach (var b in name)
        {
            if ((b < ' ' && b != K.DeletedEscape) || "\"*+,./:;<=>?[\\]|"u8.Contains(b)) return true;
        }

        return false;
    }

    /// <summary>Follows a chain and claims its clusters.</summary>
    /// <returns>Whether it is whole, and nobody else's.</returns>
    private bool Follow(uint first, string what, out long count)
    {
        count = 0;
        if (!_volume.Table.IsCluster(first))
        {
            _log.Error($"{what} begins at cluster {first}, and there are only those from 2 to {_info.EndCluster - 1}");
            return false;
        }

        for (var cluster = first; ;)
        {
            // A chain that runs in a circle comes to a cluster of its own.
            if (Bitmap.IsSet(Used, (int)cluster))
            {
                _log.Error($"{what} has cluster {cluster}, which something else has too, or itself before");
                return false;
            }

            Bitmap.Set(Used, (int)cluster, 1);
            count++;
            var next = _volume.Table[cluster];
            if (next >= K.EndOfChain) return true;
            if (!_volume.Table.IsCluster(next))
            {
                _log.Error($"{what} has cluster {cluster}, behind which its chain {(next == 0 ? "leads to a free cluster" : $"leads to {next}, which is none")}");
                return false;
            }

            cluster = next;
        }
    }
}
