using EtchStream.Formats.Unix;
using Xunit;
using static EtchStream.Formats.Tests.Tar.TarDump;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>ACLs between text, extended attribute and ext4's disk.</summary>
public sealed class PosixAclTests
{
    // As getfattr -e hex shows it for: setfacl -m u:1000:r,g:50:rwx FILE (mode 0644).
    private const string Value =
        "02000000" + "01000600FFFFFFFF" + "02000400E8030000" + "04000400FFFFFFFF" + "0800070032000000" + "10000700FFFFFFFF" + "20000400FFFFFFFF";

    private static string Convert(string text) => System.Convert.ToHexString(PosixAcl.FromText(Bytes(text))!);

    [Theory]
    [InlineData("user::rw-,user:1000:r--,group::r--,group:50:rwx,mask::rwx,other::r--")]
    [InlineData("user::rw-\nuser:1000:r--\ngroup::r--\ngroup:50:rwx\nmask::rwx\nother::r--\n")]
    [InlineData("user::rw-,group::r--,other::r--,user:somebody:r--:1000,mask::rwx,group:staff:rwx:50")]
    [InlineData("u::rw,u:1000:r,g::r,g:50:rwx,m:rwx,o:r")]
    [InlineData("# file: x\n user::rw- \n\n user:1000:r-- # effective\ngroup::r--\ngroup:50:rwx\nmask::rwx\nother::r--")]
    [InlineData("default:user::rw-,d:user:1000:r--,default:group::r--,default:group:50:rwx,default:mask::rwx,default:other::r--")]
    public void Text_in_every_spelling_gives_the_value_that_the_kernel_gives(string text) => Assert.Equal(Value, Convert(text));

    [Theory]
    [InlineData("user::rw-,user:5:rwx,group::rw-,mask::rwx,other::r--", 0x940, "user::r-x,user:5:rwx,group::rw-,mask::---,other::---")]
    [InlineData("user::rw-,user:5:rwx,group::rw-,mask::r--,other::---", 0x1FF, "user::rwx,user:5:rwx,group::rw-,mask::rwx,other::rwx")]
    [InlineData("user::rw-,group::r--,mask::rwx,other::r--", 0x010, "user::---,group::r--,mask::-w-,other::---")]
    [InlineData("user::rw-,group::rw-,other::r--", 0x1A1, "user::rw-,group::r--,other::--x")]
    public void A_new_mode_changes_the_owner_the_mask_or_group_and_the_others(string before, int mode, string after)
    {
        var changed = PosixAcl.WithMode(PosixAcl.FromText(Bytes(before)), mode);
        Assert.Equal(Convert(after), System.Convert.ToHexString(changed));
        Assert.Equal(mode, PosixAcl.ApplyToMode(mode, changed));
    }

    [Fact]
    public void Root_may_be_named() => Assert.Equal(
        Convert("user::rw-,user:0:r--,group::r--,mask::rwx,other::---"),
        Convert("user::rw-,user:root:r--,group::r--,mask::rwx,other::---"));

    [Theory]
    [InlineData("")]
    [InlineData("\n# nothing\n ,\0")]
    public void Text_without_entries_is_no_list(string text) => Assert.Null(PosixAcl.FromText(Bytes(text)));

    [Fact]
    public void A_name_is_unsupported_and_says_what_to_do()
    {
        var error = Assert.Throws<UnsupportedFormatException>(() => Convert("user::rw-,user:alice:r--,group::r--,mask::r,other::r--"));
        Assert.Contains("--numeric-owner", error.Message, StringComparison.Ordinal);
        Assert.Contains("user:alice:r--", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user::rw-,group::r--", "Other is missing")]
    [InlineData("group::r--,other::r--", "UserObject is missing")]
    [InlineData("user::r--,other::r--", "GroupObject is missing")]
    [InlineData("user::rw-,user:5:r--,group::r--,other::r--", "Mask is missing")]
    [InlineData("user::rw-,group:5:r--,group::r--,other::r--", "Mask is missing")]
    [InlineData("user::rw-,user::rw-,group::r--,other::r--", "UserObject is given twice")]
    [InlineData("user::rw-,user:5:r,user:5:w,group::r--,mask::r,other::r--", "User 5 is given twice")]
    [InlineData("user::rw-,user:4294967295:r,group::r--,mask::r,other::r--", "has no ID")]
    [InlineData("user::rwz,group::r--,other::r--", "not an entry")]
    [InlineData("user:rw-,group::r--,other::r--", "not an entry")]
    [InlineData("user::,group::r--,other::r--", "not an entry")]
    [InlineData("user::rw-:5:6,group::r--,other::r--", "not an entry")]
    [InlineData("user:5x:rw-,group::r--,other::r--", "not an entry")]
    [InlineData("user:99999999999:rw-,group::r--,other::r--", "not an entry")]
    [InlineData("everyone@:rw-", "not an entry")]
    [InlineData("mask:x:rwx", "not an entry")]
    [InlineData("\u0001\u00FF", "not an entry")]
    public void Text_that_Linux_would_refuse_is_corrupt(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<CorruptFormatException>(() => Convert(text)).Problem, StringComparison.Ordinal);

    [Fact]
    public void On_the_disk_of_ext4_only_named_entries_have_an_ID()
    {
        var value = System.Convert.FromHexString(Value);
        var disk = PosixAcl.ToExt4(value);
        Assert.Equal(
            "01000000" + "01000600" + "02000400E8030000" + "04000400" + "0800070032000000" + "10000700" + "20000400",
            System.Convert.ToHexString(disk));
        Assert.Equal(Value, System.Convert.ToHexString(PosixAcl.FromExt4(disk)));
    }

    [Fact]
    public void The_value_goes_back_to_text() =>
        Assert.Equal("user::rw-,user:1000:r--,group::r--,group:50:rwx,mask::rwx,other::r--", Latin1(PosixAcl.ToText(System.Convert.FromHexString(Value))));

    [Fact]
    public void Random_lists_survive_every_conversion()
    {
        var random = new Random(99);
        for (var i = 0; i < 2000; i++)
        {
            var entries = new List<PosixAclEntry> { new(PosixAclTag.Other, random.Next(8)), new(PosixAclTag.UserObject, random.Next(8)), new(PosixAclTag.GroupObject, random.Next(8)), new(PosixAclTag.Mask, random.Next(8)) };
            for (var n = random.Next(5); n > 0; n--) entries.Add(new PosixAclEntry(random.Next(2) == 0 ? PosixAclTag.User : PosixAclTag.Group, random.Next(8), ((uint)random.Next() * 2) + (uint)(n % 2)));
            var value = PosixAcl.ToXattr(entries.DistinctBy(e => (e.Tag, e.Id)));
            Assert.Equal(value, PosixAcl.FromText(PosixAcl.ToText(value)));
            Assert.Equal(value, PosixAcl.FromExt4(PosixAcl.ToExt4(value)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("020000")]
    [InlineData("01000000")]
    [InlineData("02000000")]
    [InlineData("0200000001000600")]
    [InlineData("02000000" + "01000600FFFFFFFF" + "04000400FFFFFFFF" + "40000400FFFFFFFF")]
    [InlineData("02000000" + "01000800FFFFFFFF" + "04000400FFFFFFFF" + "20000400FFFFFFFF")]
    [InlineData("02000000" + "04000400FFFFFFFF" + "01000600FFFFFFFF" + "20000400FFFFFFFF")]
    public void A_damaged_value_is_corrupt(string hex)
    {
        var value = System.Convert.FromHexString(hex);
        Assert.Throws<CorruptFormatException>(() => PosixAcl.FromXattr(value));
        Assert.Throws<CorruptFormatException>(() => PosixAcl.FromExt4(value));
    }

    [Fact]
    public void Damaged_values_and_texts_only_give_the_librarys_errors()
    {
        var random = new Random(7);
        var value = System.Convert.FromHexString(Value);
        byte[][] seeds = [value, PosixAcl.ToExt4(value), PosixAcl.ToText(value)];
        var refused = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var seed = (byte[])seeds[i % 3].Clone();
            for (var times = random.Next(1, 4); times > 0; times--) seed[random.Next(seed.Length)] = (byte)random.Next(random.Next(2) == 0 ? 16 : 256);
            seed = seed[..random.Next(seed.Length + 1)];
            try
            {
                _ = i % 3 == 0 ? PosixAcl.ToExt4(seed) : i % 3 == 1 ? PosixAcl.FromExt4(seed) : PosixAcl.FromText(seed);
            }
            catch (Exception error) when (error is CorruptFormatException or UnsupportedFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 29_999);
    }

    [Theory]
    [InlineData("user::rwx,group::r-x,other::---", true, 0x9E8)]
    [InlineData("user::rw-,user:5:r--,group::r--,mask::rwx,other::---", false, 0x9B8)]
    public void The_mode_follows_the_list(string text, bool isEquivalent, int mode)
    {
        var value = PosixAcl.FromText(Bytes(text))!;
        Assert.Equal(isEquivalent, PosixAcl.IsEquivalentToMode(value));
        Assert.Equal(mode, PosixAcl.ApplyToMode(0x8FF, value));
    }
}
