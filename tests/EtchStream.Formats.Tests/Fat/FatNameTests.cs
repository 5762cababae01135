using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

public class FatNameTests
{
    public static TheoryData<byte[], string> Refused => new()
    {
        { "a:b"u8.ToArray(), "a:b: a name has the character :, which FAT cannot hold; give it another name" },
        { "dir/a\\b"u8.ToArray(), "dir/a\\x5cb: a name has the character \\, which FAT cannot hold; give it another name" },
        { "a\"b"u8.ToArray(), "a\"b: a name has the character \", which FAT cannot hold; give it another name" },
        { "a*/b"u8.ToArray(), "a*/b: a name has the character *, which FAT cannot hold; give it another name" },
        { "a\nb"u8.ToArray(), "a\\x0ab: a name has the character U+000A, which FAT cannot hold; give it another name" },
        { "a\uFFFF"u8.ToArray(), "a name has the character U+FFFF" },
        { "a."u8.ToArray(), "a.: a name ends with a dot, which FAT cannot hold; give it another name" },
        { "a "u8.ToArray(), "a : a name ends with a space, which FAT cannot hold; give it another name" },
        { "..."u8.ToArray(), "...: a name ends with a dot" },
        { [0x61, 0xE9], "a\\xe9: a name is not UTF-8, and FAT holds names of Unicode only; give it another name" },
        { [0xED, 0xA0, 0x80], "a name is not UTF-8" },
        { Encoding.UTF8.GetBytes(new string('é', 256)), "a name has 256 UTF-16 units, and FAT holds at most 255; give it another name" },
        { Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("😀", 128))), "a name has 256 UTF-16 units" },
    };

    [ToolTheory("mkfs.vfat")]
    [MemberData(nameof(Refused))]
    public void A_name_that_FAT_cannot_hold_is_refused(byte[] path, string message)
    {
        var image = FatImages.Make("-F 12", 1000);
        FatImages.Write(image, (writer, _) =>
        {
            Assert.Contains(message, Assert.Throws<UnsupportedFormatException>(() => writer.CreateFile(path, FatImages.Plain, 0)).Message, StringComparison.Ordinal);
            Assert.Contains(message, Assert.Throws<UnsupportedFormatException>(() => writer.CreateDirectory(path, FatImages.Plain)).Message, StringComparison.Ordinal);
        });
    }

    [ToolTheory("mkfs.vfat")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("..")]
    [InlineData("a\0b")]
    [InlineData("")]
    [InlineData("./.")]
    public void A_path_that_leads_out_or_nowhere_is_refused(string path)
    {
        var image = FatImages.Make("-F 12", 1000);
        FatImages.Write(image, (writer, _) => Assert.Throws<UnsafePathException>(() => writer.CreateFile(Encoding.UTF8.GetBytes(path), FatImages.Plain, 0)));
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void The_longest_names_fit()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        string[] names = [new('x', 255), string.Concat(Enumerable.Repeat("日", 254)) + "x", string.Concat(Enumerable.Repeat("😀", 127)) + "x", new('y', 13), new('z', 26), new('w', 12), new('v', 247)];
        FatImages.Write(image, (writer, disk) =>
        {
            foreach (var name in names) writer.File(disk, $"folder/{name}", [1]);
        });
        Assert.Equal(names, FatImages.Names(image, "folder"));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void What_is_there_is_found_in_any_case_and_by_its_short_name_and_keeps_its_names()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "Config.Json", [1]);
            writer.File(disk, "A long name.txt", [2]);
            writer.File(disk, "EFI/BOOT/x", [3]);
        });
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "CONFIG.JSON", [10, 11]);
            writer.File(disk, "alongn~1.TXT", [12]);
            writer.File(disk, "efi/boot/Y", [13]);
            Assert.Equal([13], writer.TryReadFile("Efi/Boot/y"u8, 10));
            Assert.Equal("2 files were there under names that differ in the case of letters, or by their short names, and keep the names they had (CONFIG.JSON as Config.Json)", Assert.Single(writer.Warnings));
        });
        Assert.Equal(["Config.Json", "A long name.txt", "EFI"], FatImages.Names(image, ""));
        Assert.Equal(["x", "Y"], FatImages.Names(image, "EFI/BOOT"));
        Assert.Equal([10, 11], FatImages.Read(image, "config.json"));
        Assert.Equal([12], FatImages.Read(image, "A long name.txt"));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Two_files_of_one_run_do_not_become_one()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "There.txt", [1]));
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "folder/Name", [1]);
            writer.File(disk, "THERE.TXT", [1]);
            writer.File(disk, "Ä", [1]);
            foreach (var (name, other) in (string[][])[["folder/name", "Name"], ["there.txt", "THERE.TXT"], ["There.txt", "THERE.TXT"]] is var pairs ? pairs.Select(p => (p[0], p[1])) : [])
                Assert.Contains($"the archive brings {other} as well", Assert.Throws<UnsupportedFormatException>(() => writer.CreateFile(Encoding.UTF8.GetBytes(name), FatImages.Plain, 1)).Message, StringComparison.Ordinal);
            Assert.Contains("two names for Linux and one for others", Assert.Throws<UnsupportedFormatException>(() => writer.CreateFile("ä"u8, FatImages.Plain, 1)).Message, StringComparison.Ordinal);
            Assert.Null(writer.TryReadFile("ä"u8, 9));

            // The same name again is the archive's own matter, and folders lose nothing.
            writer.File(disk, "folder/Name", [2]);
            writer.CreateDirectory("FOLDER"u8, FatImages.Plain);
            writer.File(disk, "FOLDER/other", [3]);
        });
        Assert.Equal(["Name", "other"], FatImages.Names(image, "folder"));
        Assert.Equal([2], FatImages.Read(image, "folder/Name"));
        FatImages.Check(image);
    }

    /// <summary>A made short name never takes the name of a file that comes later.</summary>
    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Files_with_names_like_made_ones_come_first()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "longest of names", [1]);
            writer.File(disk, "LONGES~1", [2]);
            writer.File(disk, "longes~2", [3]);
        });
        Assert.Equal(["LONGES~3", "LONGES~1", "LONGES~2"], FatImages.ShortNames(image, ""));
        Assert.Equal([[1], [2], [3]], ((string[])["longest of names", "LONGES~1", "longes~2"]).Select(name => FatImages.Read(image, name)));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void A_file_may_be_called_as_the_volume()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) => writer.File(disk, "LABEL", [1]));
        Assert.Equal(["LABEL"], FatImages.Names(image, ""));
        Assert.Equal("LABEL", FatVolumeInfo.TryRead(new Formats.IO.MemoryDisk(image))!.Label);
        FatImages.Check(image);
    }

    /// <summary>Windows keeps names in one case without a long name; the flags stay when the file is replaced.</summary>
    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Flags_for_small_letters_are_read()
    {
        var image = FatImages.Make("-F 16 -s 1", 10_000);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "AB.CDE", [1]);
            writer.File(disk, "FG.HIJ", [1]);
            writer.File(disk, "KL.MNO", [1]);
        });
        foreach (var (name, flags) in (ReadOnlySpan<(string, byte)>)[("AB      CDE", 0x08), ("FG      HIJ", 0x10), ("KL      MNO", 0x18)])
            image[image.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) + 12] = flags;
        Assert.Equal(["ab.CDE", "FG.hij", "kl.mno"], FatImages.Names(image, ""));
        FatImages.Write(image, (writer, disk) => writer.File(disk, "KL.MNO", [2]));
        Assert.Equal(["ab.CDE", "FG.hij", "kl.mno"], FatImages.Names(image, ""));
        FatImages.Check(image);
    }

    [ToolFact("mkfs.vfat", "fsck.vfat")]
    public void Many_names_that_begin_alike_get_short_names_that_differ()
    {
        var image = FatImages.Make("-F 32 -s 8", 60_000);
        FatImages.Write(image, (writer, disk) =>
        {
            for (var i = 0; i < 16_000; i++) writer.File(disk, $"f/same name {i}.conf", []);
        });
        var names = FatImages.ShortNames(image, "f");
        Assert.Equal((16_000, 16_000), (names.Count, names.Distinct(StringComparer.Ordinal).Count()));
        Assert.Equal("SAMENA~9.CON", names[8]);
        Assert.Matches("^SA[0-9A-F]{4}~[1-9].CON$", names[9]);
        FatImages.Check(image);
    }
}
