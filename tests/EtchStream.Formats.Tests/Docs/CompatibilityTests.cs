using System.Globalization;
using System.Text.RegularExpressions;
using EtchStream.Formats.Compression;
using EtchStream.Formats.Compression.Codecs;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.Fat;
using EtchStream.Formats.Fat.Layout;
using EtchStream.Formats.IO;
using EtchStream.Formats.Partitions;
using EtchStream.Formats.Partitions.Growth;
using EtchStream.Formats.Tests.Ext4;
using EtchStream.Formats.Tests.Tar;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using EtchStream.TestKit.Docs;
using Xunit;

namespace EtchStream.Formats.Tests.Docs;

/// <summary>What docs/compatibility.md says of formats is what the code does.</summary>
public sealed class CompatibilityTests
{
    private const int CompatOffset = 0x5C;
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs/compatibility.md");
    private static readonly string[] Words = ["compat", "incompat", "ro_compat"];

    private static IEnumerable<(string Name, int Word, uint Bit, bool IsRead, bool IsWritten)> Features => Page.Table("Features of ext2, ext3 and ext4").Select(row =>
    {
        var place = row[1].Split(' ');
        return (row[0].Trim('`'), Array.IndexOf(Words, place[0]), uint.Parse(place[1][2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture), IsYes(row[2]), IsYes(row[3]));
    });

    [Fact]
    public void All_features_that_the_code_names_are_listed_once()
    {
        var named = Bits<Ext4CompatFeatures>(0).Concat(Bits<Ext4IncompatFeatures>(1)).Concat(Bits<Ext4RoCompatFeatures>(2));
        Assert.Equal(named, Features.Select(f => (f.Word, f.Bit)));
    }

    [ToolFact("mke2fs")]
    public void Features_are_read_and_written_as_listed()
    {
        var image = TestImages.Make("-t ext4 -b 1024 -O ^metadata_csum", "8M");
        foreach (var (name, word, bit, isRead, isWritten) in Features)
        {
            // Alone, since some exclude each other.
            var superblock = Ext4Superblock.Read(new MemoryDisk(image));
            superblock.Raw.FeatureCompat = word == 0 ? bit : 0u;
            superblock.Raw.JournalInode = 8u;
            superblock.Raw.FeatureIncompat = word == 1 ? bit : 0u;
            superblock.Raw.FeatureRoCompat = word == 2 ? bit : 0u;
            Same(name, isRead, () => Ext4FeatureCheck.EnsureReadable(superblock.Incompat));
            Same(name, isWritten, () => Ext4FeatureCheck.EnsureWritable(superblock));
        }
    }

    [ToolFact("mke2fs", "dumpe2fs")]
    public void Features_have_the_names_that_dumpe2fs_gives_them()
    {
        // e2fsprogs has no name for these.
        string[] unknown = ["btree_dir", "has_snapshot"];
        var image = TestImages.Make("-t ext4 -b 1024 -O ^metadata_csum", "8M");
        using var folder = new TemporaryFolder();
        foreach (var (name, word, bit, _, _) in Features.Where(f => !unknown.Contains(f.Name)))
        {
            var patched = image;
            for (var i = 0; i < Words.Length; i++) patched = TestImages.Patch(patched, CompatOffset + (4 * i), _ => i == word ? bit : 0);
            File.WriteAllBytes(folder["image"], patched);
            var shown = HostTool.Run("dumpe2fs", "-h", "-f", folder["image"]).Output.Split('\n').FirstOrDefault(line => line.StartsWith("Filesystem features:", StringComparison.Ordinal));
            Assert.True(name == shown?.Split(':')[1].Trim(), $"{name}: {shown}");
        }
    }

    [Fact]
    public void Compressions_are_those_that_have_a_decoder_and_an_encoder()
    {
        var rows = Page.Table("Compression");
        Assert.Equal(Enum.GetNames<CompressionFormat>().Select(name => name.ToLowerInvariant()), rows.Select(row => row[0].Trim('`')));
        foreach (var row in rows.Skip(1))
        {
            var format = Enum.Parse<CompressionFormat>(row[0].Trim('`'), ignoreCase: true);
            Assert.True(IsYes(row[2]));
            using var stream = Decoders.Default.Open(format, new MemoryStream());
            Assert.Equal(MarkdownPage.Code(row[6]), Libraries(format));
        }

        Assert.Equal("yes, levels 0 to 9", rows.Single(row => row[0] == "`gzip`")[5]);
        Assert.Equal("yes, levels 1 to 22", rows.Single(row => row[0] == "`zstd`")[5]);
        Assert.Equal(((0, 9), (1, 22)), (Encoders.Gzip.Levels, Encoders.Zstd.Levels));
    }

    [Fact]
    public async Task Tar_members_are_taken_as_listed_and_all_others_refused()
    {
        var rows = Page.Table("Tar").Where(row => row.Length == 3).ToDictionary(row => row[0].Trim('`') is "NUL" ? '\0' : row[0].Trim('`')[0], row => row[2]);
        for (var type = '\0'; type < 128; type++) Assert.Equal(rows.GetValueOrDefault(type, "refused"), await TakenAsync(type));
    }

    [Fact]
    public async Task Records_of_pax_are_listed_that_change_something()
    {
        var listed = Page.Table("Tar").Where(row => row.Length == 2).SelectMany(row => MarkdownPage.Code(row[0])).ToList();
        var source = await File.ReadAllTextAsync(Repository.File("src/EtchStream.Formats/Tar/PaxAttributes.cs"));
        string[] known = ["path", "linkpath", "size", "uid", "gid", "mtime", "SCHILY.acl.access", "SCHILY.acl.default", "SCHILY.devmajor", "SCHILY.devminor", "SCHILY.realsize", "RHT.security.selinux"];
        Assert.All(known, key => Assert.Contains($"\"{key}\"u8", source, StringComparison.Ordinal));
        var inCode = Regex.Matches(source, "key\\.SequenceEqual\\(\"([A-Za-z.]+)\"u8\\)").Select(m => m.Groups[1].Value).Where(key => key.Contains('.', StringComparison.Ordinal) || char.IsLower(key[0]));
        string[] parts = ["offset", "numbytes", "map", "realsize", "name", "numblocks", "major", "minor", "GNU.volume.label"]; // behind GNU.sparse.
        Assert.Equal(known.Order(StringComparer.Ordinal), inCode.Except(parts).Distinct().Order(StringComparer.Ordinal));
        Assert.All(known, key => Assert.Contains(key, listed));
    }

    [Fact]
    public void File_systems_that_are_told_are_listed()
    {
        var source = File.ReadAllText(Repository.File("src/EtchStream.Formats/Partitions/FileSystemProbe.cs"));
        var told = Regex.Matches(source, "(?:new FileSystemInfo\\(|type = )\"([a-z0-9]+)\"").Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Contains("xfs", told);
        var line = string.Join(' ', Page.Lines.SkipWhile(l => l != "## File systems").TakeWhile(l => !l.StartsWith('|')));
        var others = MarkdownPage.Code(line).Where(word => !new[] { "ls", "cat", "extract", "check", "pack" }.Contains(word));
        Assert.Equal(told.Where(type => !type.StartsWith("ext", StringComparison.Ordinal)).Order(StringComparer.Ordinal), others.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tables_are_those_that_the_code_knows() =>
        Assert.Equal(Enum.GetNames<PartitionTableKind>().Select(name => name.ToUpperInvariant()).Order(StringComparer.Ordinal), Page.Table("Partition tables").Select(row => row[0].Split(' ', ',')[0].ToUpperInvariant()).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Figures_of_the_file_systems_are_those_of_the_code()
    {
        var text = string.Join(' ', Page.Lines);
        foreach (var figure in new[]
        {
            $"at most {Ext4Constants.MaxLinks} a file", $"up to {DeviceNumber.MaxMajor}:{DeviceNumber.MaxMinor}", $"0 to {uint.MaxValue - 1}", $"{Ext4Constants.MaxNameLength} bytes", $"{FatConstants.MaxSlots} entries a folder",
            $"{FatConstants.MaxNameLength} UTF-16 units", $"at most {Ext4Superblock.MaxGroups} block groups", $"{Year(Ext4Time.Minimum)} to {Year(Ext4Time.Maximum34)}", $"seconds, to {Year(Ext4Time.Maximum32)}",
            $"{Year(FatTime.Minimum)} to {Year(FatTime.Maximum)}", $"a multiple of {PartitionGrowth.Alignment >> 20} MiB", $"more than {1 << (ZstdCodec.WindowLogMax - 20)} MiB", $"more than {XzCodec.MemoryLimit >> 20} MiB",
        })
            Assert.Contains(figure, text, StringComparison.Ordinal);
    }

    private static int Year(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).Year;

    private static IEnumerable<(int Word, uint Bit)> Bits<T>(int word)
        where T : struct, Enum => Enum.GetValues<T>().Select(value => Convert.ToUInt32(value, CultureInfo.InvariantCulture)).Where(bit => bit != 0).Select(bit => (word, bit));

    private static bool IsYes(string cell) => cell.Split(';', ',')[0] switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new InvalidOperationException($"neither yes nor no: {cell}"),
    };

    private static void Same(string feature, bool isTaken, Action check)
    {
        var error = Record.Exception(check);
        if (isTaken) Assert.True(error is null, $"{feature}: {error?.Message}");
        else Assert.Equal(feature, Assert.IsType<UnsupportedFormatException>(error).Feature);
    }

    private static string[] Libraries(CompressionFormat format) => format switch
    {
        CompressionFormat.Zstd => ["libzstd.so.1"],
        CompressionFormat.Xz => ["liblzma.so.5"],
        CompressionFormat.Bzip2 => ["libbz2.so.1.0"],
        _ => [],
    };

    /// <summary>What the reader makes of a member of a type, in the words of the page.</summary>
    private static async Task<string> TakenAsync(char type)
    {
        // A header that describes a member has one behind it.
        var archive = new RawTar();
        if (type is 'x' or 'g') archive.PaxData(RawTar.Record("comment", "x"), type);
        else if (type is 'L' or 'K') archive.Header("long", type, 2, "ustar  \0").Content("n\0");
        else archive.Header("member", type, magic: type is 'S' ? "ustar  \0" : "ustar\000", link: type is '1' or '2' ? "target" : "");
        var isHeader = type is 'x' or 'g' or 'L' or 'K' or 'V';
        if (isHeader) archive.Header("behind", '0');
        try
        {
            var entries = await TarDump.ReadAsync(archive.End());
            var entry = Assert.Single(entries);
            if (isHeader) return type == 'V' ? "passed over" : "header";
            return entry.Entry.Kind switch
            {
                FileKind.File when entry.Entry.DataRuns is not null => "file with holes",
                FileKind.File => "file",
                FileKind.HardLink => "hard link",
                FileKind.SymbolicLink => "symbolic link",
                FileKind.CharacterDevice => "character device",
                FileKind.BlockDevice => "block device",
                FileKind.Directory => "folder",
                FileKind.Fifo => "FIFO",
                _ => "?",
            };
        }
        catch (UnsupportedFormatException)
        {
            return "refused";
        }
    }
}
