using System.Text;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using K = EtchStream.Formats.Fat.Layout.FatConstants;

namespace EtchStream.Formats.Fat;

/// <summary>A FAT12, FAT16 or FAT32 volume, read without mounting it: directories, files, names of both kinds.</summary>
/// <remarks>
/// Every pointer and length is checked before it is used. Memory is bounded by a few pages of the FAT and by one directory, which
/// has at most 2 MiB. A volume that was not unmounted is read as it lies on disk.
/// <para>Errors of every method: <see cref="CorruptFormatException"/>, <see cref="UnsupportedFormatException"/>.</para>
/// </remarks>
public sealed class FatVolume
{
    private readonly IRandomReader _volume;

    private FatVolume(IRandomReader volume, FatVolumeInfo info, FatTable table)
    {
        _volume = volume;
        Info = info;
        Table = table;
        Root = new FatDirectoryEntry
        {
            Name = "",
            ShortName = "",
            IsDirectory = true,
            Attributes = K.Directory,
            Size = 0,
            FirstCluster = info.RootCluster,
            ModificationTime = FatTime.Decode(0, 0),
            IsFixedRoot = info.Bits != 32,
        };
    }

    /// <summary>Geometry, label and serial number.</summary>
    public FatVolumeInfo Info { get; }

    /// <summary>The root directory.</summary>
    public FatDirectoryEntry Root { get; }

    internal FatTable Table { get; }

    internal IRandomReader Reader => _volume;

    /// <summary>Opens the volume that fills a partition.</summary>
    public static FatVolume Open(IRandomReader partition) => Open(partition, writer: null);

    /// <summary>Finds an object by its path; names are compared as Linux does, and short names count too.</summary>
    /// <param name="path">Parts separated by <c>/</c>; empty for the root.</param>
    /// <returns>Null when there is no such object.</returns>
    public FatDirectoryEntry? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var entry = Root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!entry.IsDirectory) return null;
            var entries = ReadDirectory(entry);
            var next = entries.Find(e => FatNameComparer.AreSame(e.Name, part)) ?? entries.Find(e => FatNameComparer.AreSame(e.ShortName, part));
            if (next is null) return null;
            entry = next;
        }

        return entry;
    }

    /// <summary>Finds an object by a path of UTF-8 bytes.</summary>
    public FatDirectoryEntry? Find(ReadOnlySpan<byte> path) => Find(Encoding.UTF8.GetString(path));

    /// <summary>Lists a directory without <c>.</c> and <c>..</c>, in the order of the disk.</summary>
    public List<FatDirectoryEntry> ReadDirectory(FatDirectoryEntry directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (!directory.IsDirectory) throw new CorruptFormatException($"FAT file {Show(directory.Name)}", -1, "it is no directory");
        var slots = ReadSlots(directory.IsFixedRoot ? null : directory.FirstCluster, directory.Name.Length == 0 ? "FAT root directory" : $"FAT directory {Show(directory.Name)}", out _);
        return FatSlots.Parse(slots).ConvertAll(range => Describe(FatDirectorySlot.At((ReadOnlySpan<byte>)slots, range.Own), range.LongName));
    }

    /// <summary>Reads content of a file.</summary>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    public int ReadFile(FatDirectoryEntry file, long offset, Span<byte> buffer) => OpenFile(file).Read(offset, buffer);

    /// <summary>Reads all of a file.</summary>
    /// <exception cref="UnsupportedFormatException">It has more bytes than an array can hold (2 GiB).</exception>
    public byte[] ReadFile(FatDirectoryEntry file)
    {
        var reader = OpenFile(file);
        if (reader.Length > Array.MaxLength) throw new UnsupportedFormatException("file size", $"FAT file {Show(file.Name)}: {reader.Length} bytes are too many to be read at once");
        var content = new byte[reader.Length];
        reader.Read(0, content);
        return content;
    }

    /// <summary>Opens a file for many reads.</summary>
    public FatFileReader OpenFile(FatDirectoryEntry file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.IsDirectory) throw new CorruptFormatException($"FAT directory {Show(file.Name)}", -1, "it is no file");
        return new FatFileReader(this, file.FirstCluster, file.Size, $"FAT file {Show(file.Name)}");
    }

    internal static FatVolume Open(IRandomReader partition, IBlockWriter? writer)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var info = FatVolumeInfo.TryRead(partition) ?? throw new CorruptFormatException("FAT boot sector", 0, "it is not that of a FAT12, FAT16 or FAT32 volume");
        if (info.Version != 0) throw new UnsupportedFormatException("FAT32 version", $"the volume has version {info.Version >> 8}.{info.Version & 0xFF} of FAT32, and only 0.0 is known");
        if (info.ActiveFat >= info.FatCount) throw new CorruptFormatException("FAT boot sector", 0, $"it says that FAT {info.ActiveFat} is in use, and there are {info.FatCount}");
        if (info.EndCluster <= K.FirstCluster) throw new CorruptFormatException("FAT boot sector", 0, "the volume has no clusters");
        if (info.RootEntries * K.SlotSize % info.SectorSize != 0) throw new CorruptFormatException("FAT boot sector", 0, $"its root directory of {info.RootEntries} entries does not fill its last sector");
        var table = new FatTable(info, partition, writer);
        if (info.Bits == 32 && !table.IsCluster(info.RootCluster)) throw new CorruptFormatException("FAT boot sector", 0, $"its root directory begins at cluster {info.RootCluster}, and there are only those from 2 to {info.EndCluster - 1}");
        return new FatVolume(partition, info, table);
    }

    /// <summary>The slots of a directory, all of them.</summary>
    /// <param name="firstCluster">Where it begins; null for the root of FAT12 and FAT16.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="clusters">Its chain.</param>
    internal byte[] ReadSlots(uint? firstCluster, string what, out List<uint> clusters)
    {
        clusters = [];
        if (firstCluster is not { } first)
        {
            var root = new byte[Info.RootEntries * K.SlotSize];
            _volume.Read(Info.FixedRootOffset, root);
            return root;
        }

        if (!Table.IsCluster(first)) throw new CorruptFormatException(what, -1, $"it begins at cluster {first}, and there are only those from 2 to {Info.EndCluster - 1}: run fsck.vfat on the partition");

        // The limit ends a chain that runs in a circle as well. A cluster may be larger than a directory can be.
        var limit = Math.Max(1, K.MaxSlots * K.SlotSize / Info.ClusterSize);
        for (var cluster = first; cluster != 0; cluster = Table.Next(cluster, what))
        {
            if (clusters.Count == limit) throw new CorruptFormatException(what, -1, "its chain is longer than a directory may be (2 MiB), or runs in a circle: run fsck.vfat on the partition");
            clusters.Add(cluster);
        }

        var slots = new byte[clusters.Count * Info.ClusterSize];
        for (var i = 0; i < clusters.Count; i++) _volume.Read(Info.ClusterOffset(clusters[i]), slots.AsSpan(i * Info.ClusterSize, Info.ClusterSize));
        return slots;
    }

    internal void ReadBytes(long offset, Span<byte> buffer) => _volume.Read(offset, buffer);

    internal FatDirectoryEntry Describe(in FatDirectorySlot slot, string? longName)
    {
        var isDirectory = (slot.Attributes & K.Directory) != 0;
        return new FatDirectoryEntry
        {
            Name = FatSlots.NameOf(slot, longName),
            ShortName = FatShortName.Decode(slot.Name, 0),
            IsDirectory = isDirectory,
            Attributes = slot.Attributes,
            Size = isDirectory ? 0 : slot.Size,
            FirstCluster = FirstCluster(slot),
            ModificationTime = FatTime.Decode(slot.WriteDate, slot.WriteTime),
        };
    }

    /// <summary>Where an object begins; FAT12 and FAT16 have only half of the number, and may have anything in the other half.</summary>
    internal uint FirstCluster(in FatDirectorySlot slot) => Info.Bits == 32 ? slot.FirstCluster : slot.FirstClusterLow;

    /// <summary>A name of the volume for messages.</summary>
    internal static string Show(string name) => PathText.Of(Encoding.UTF8.GetBytes(name));
}
