using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>What an object is expected to be.</summary>
internal sealed class FatModelNode(bool isDirectory, UnixAttributes attributes, int run)
{
    public bool IsDirectory { get; } = isDirectory;

    public UnixAttributes Attributes { get; set; } = attributes;

    /// <summary>The run that wrote it last.</summary>
    public int Run { get; } = run;

    /// <summary>The name by which that run called it: what was there before keeps its own.</summary>
    public string? GivenName { get; init; }

    public byte[] Content { get; init; } = [];

    public SortedDictionary<string, FatModelNode> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<FatModelNode> All() => Children.Values.SelectMany(child => child.All().Prepend(child));

    /// <summary>A time as FAT comes to hold it, said without the code that is tested.</summary>
    public static UnixTime Fit(UnixTime time)
    {
        var seconds = Math.Clamp(time.Seconds, new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), new DateTimeOffset(2107, 12, 31, 23, 59, 58, TimeSpan.Zero).ToUnixTimeSeconds());
        return new UnixTime(seconds - (seconds % 2));
    }

    /// <summary>Reads a volume back and compares all of it.</summary>
    public static void Same(FatModelNode root, byte[] image)
    {
        var volume = FatVolume.Open(new MemoryDisk(image));
        CompareDirectory(volume, root, volume.Root, "");
    }

    private static void CompareDirectory(FatVolume volume, FatModelNode expected, FatDirectoryEntry directory, string path)
    {
        var entries = volume.ReadDirectory(directory);
        Assert.Equal(expected.Children.Keys.Order(StringComparer.Ordinal), entries.Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.Equal(entries.Count, entries.Select(e => e.ShortName).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (var entry in entries)
        {
            var child = expected.Children[entry.Name];
            var full = $"{path}/{entry.Name}";
            Assert.True(child.IsDirectory == entry.IsDirectory, $"{full}: directory {entry.IsDirectory}");
            Assert.True(Fit(child.Attributes.ModificationTime) == entry.ModificationTime, $"{full}: time {entry.ModificationTime}, not {child.Attributes.ModificationTime}");
            if (entry.IsDirectory)
            {
                CompareDirectory(volume, child, entry, full);
                continue;
            }

            Assert.Equal((child.Attributes.Mode & 0x92) == 0, (entry.Attributes & 1) != 0);
            Assert.Equal(child.Content.Length, entry.Size);
            var content = new byte[child.Content.Length + 1];
            Assert.Equal(child.Content.Length, volume.ReadFile(entry, 0, content));
            Assert.True(content.AsSpan(0, child.Content.Length).SequenceEqual(child.Content), $"{full}: its content differs from byte {content.AsSpan().CommonPrefixLength(child.Content)} on");
        }
    }
}
