using EtchStream.Formats;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Unix;
using EtchStream.Trees;

namespace EtchStream.Unpack.Verification;

/// <summary>What lies at a place of a disk, for a person: partition, and the file or folder that is stored there.</summary>
/// <remarks>It reads the file system object by object until one of them needs the place: slow, but right for every kind, and needed only once.</remarks>
internal static class MismatchLocator
{
    // A damaged file system may lead on for ever.
    private const int MaxObjects = 5_000_000;

    /// <summary>Describes the block at an offset.</summary>
    public static string Describe(IDisk disk, long offset)
    {
        try
        {
            var partition = PartitionTable.Read(disk).Partitions.FirstOrDefault(p => !p.IsExtended && offset >= p.Start && offset < p.End);
            if (partition is null) return "outside all partitions";
            var name = string.IsNullOrEmpty(partition.Name) ? $"partition {partition.Number}" : $"partition {partition.Number} ({partition.Name})";
            var probe = new Probe(partition.OpenRead(disk), offset - partition.Start);
            return $"{name}, {Find(probe, name) ?? "no file's content: the file system's own data, or unused"}";
        }
        catch (Exception e) when (e is IOException or UnsupportedFormatException)
        {
            return "it cannot be told what lies there";
        }
    }

    private static string? Find(Probe probe, string name)
    {
        using var tree = PartitionTree.Open(probe, name);
        var pending = new Stack<byte[]>();
        pending.Push([]);
        var buffer = new byte[1 << 20];
        for (var count = 0; count < MaxObjects && pending.TryPop(out var folder); count++)
        {
            foreach (var child in tree.List(folder))
            {
                byte[] path = folder.Length == 0 ? child : [.. folder, (byte)'/', .. child];
                if (tree.Find(path) is not { } entry) continue;
                if (entry.Kind == FileKind.Directory) pending.Push(path);
                if (entry.Kind != FileKind.File) continue;
                probe.IsHit = false;
                using var content = tree.Open(entry);
                while (!probe.IsHit && content.Read(buffer) > 0)
                {
                }

                if (probe.IsHit) return $"file /{PathText.Of(path)}";
            }
        }

        return null;
    }

    /// <summary>Notices when a place is read.</summary>
    private sealed class Probe(IRandomReader inner, long place) : IRandomReader
    {
        public bool IsHit { get; set; }

        public long Length => inner.Length;

        public void Read(long offset, Span<byte> buffer)
        {
            // The damaged block is known by its first byte.
            IsHit |= offset < place + BlockDigests.BlockSize && offset + buffer.Length > place;
            inner.Read(offset, buffer);
        }
    }
}
