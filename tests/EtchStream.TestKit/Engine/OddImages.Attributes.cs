namespace EtchStream.TestKit.Engine;

public static partial class OddImages
{
    private static IEnumerable<EngineImage> Attributes()
    {
        yield return Accepted("modes", Tar().Entry(new LayerEntry("f") { Mode = 100644 }, "1"u8).Folder("d", 40755).File("all", "1", 7777).Folder("all-d", 7777)
            .File("setuid", "1", 4755, user: 7).File("setgid", "1", 2755, group: 7).Folder("closed", 0).File("closed/x", "1", 0).Symlink("l", "x", 5, 6));
        yield return Accepted("owners beyond octal", Tar().File("a", "1", user: 3_000_000, group: 4_000_000_000).Pax("uid", "2097152").Folder("b").Pax("gid", "3000000000").File("c"));
        yield return Accepted("owners beyond 32 bits, and names that do not count", Tar().File("a", "1", user: (1L << 33) + 5).File("b", "1", user: -1).Entry(new LayerEntry("c") { User = 5, Group = 6, OwnerName = "root" })).Packed(4);
        yield return Accepted("xattrs", Tar().Pax(("SCHILY.xattr.user.a", "b"u8.ToArray()), ("SCHILY.xattr.trusted.t", [0, 0xff, 10, (byte)'=']), ("SCHILY.xattr.security.capability", Capability), ("SCHILY.xattr.user.empty", []))
            .File("a", "1", 4755, user: 7).Xattr("trusted.d", "1").Folder("d").Xattr("trusted.l", "1").Symlink("l", "x").Xattr("security.selinux", "system_u:object_r:x\0").File("s"));
        yield return Accepted("xattrs that a kind cannot have", Tar().Xattr("user.a", "1").Symlink("s", "x").Xattr("user.a", "1").Node("p", '6').Xattr("foo.a", "1").File("f"));
        yield return Accepted("access control lists as xattrs", Tar()
            .Xattr("system.posix_acl_access", Convert.FromHexString("0200000001000600ffffffff02000400e803000004000400ffffffff10000400ffffffff20000400ffffffff")).File("a", "1", 644));
        yield return Accepted("a default access control list that children inherit", Tar()
            .Xattr("system.posix_acl_default", Convert.FromHexString("0200000001000700ffffffff02000400e803000004000500ffffffff10000500ffffffff20000500ffffffff")).Folder("p")
            .File("p/x", "1").Folder("p/listed").File("p/unlisted/y", "2"));
        yield return Accepted("attributes in records that the engine does not read", Tar().Pax("SCHILY.acl.access", "user::rw-,user:1000:r--,group::r--,mask::r--,other::r--").File("a", "1").Pax("LIBARCHIVE.xattr.user.a", "Yg").File("b"));
        yield return Refused(BigXattr, "no space left on device", Tar().Xattr("user.a", new byte[5000]).File("a", "1")).Packed(0);
    }

    private static IEnumerable<EngineImage> Times()
    {
        yield return Accepted("fractional times", Tar().Pax("mtime", "1.5").File("a", "1").Pax("mtime", "1700000000.123456789").Folder("b").Pax("mtime", "1700000000.1234567891").File("c").Pax("mtime", "1.5").Symlink("s", "x").Pax("mtime", "5.").File("e"));
        yield return Accepted("times before 1970", Tar().File("a", "1", time: -5).Pax("mtime", "-1.5").File("b").Folder("d", time: -1L << 31).Symlink("s", "x", time: -7).Pax("mtime", "-1.5").Symlink("s2", "x").File("zero", time: 0));
        yield return Accepted("times after 2262", Tar().File("a", "1", time: 16_725_225_600).Folder("b", time: 1L << 35).File("c", time: 1L << 40));
        yield return Accepted("times of the last second that ext4 takes", Tar().File("a", time: 9_223_372_036).Folder("b", time: 9_223_372_036));
        yield return Accepted("access and change times", Tar().Pax(("mtime", "5"u8.ToArray()), ("atime", "6.5"u8.ToArray()), ("ctime", "7"u8.ToArray())).File("a", "1"));
    }

    private static IEnumerable<EngineImage> Types()
    {
        yield return Accepted("device nodes and FIFOs", Tar().Node("c", '3', 1, 3, 666).Node("b", '4', 8, 1, user: 5).Node("big", '3', 300, 70_000).Node("p", '6', mode: 622));
        yield return Accepted("type NUL", Tar().Entry(new LayerEntry("a") { Type = '\0' }, "1"u8).Entry(new LayerEntry("d/") { Type = '\0', Mode = 755 }));
        yield return Accepted("trailing slashes on what is no folder", Tar().File("f/").Symlink("s/", "x").Link("h/", "s"));
        foreach (var (type, number, exitCode) in new (char, int, int)[] { ('7', 55, 0), ('S', 83, 0), ('D', 68, 4), ('V', 86, 0), ('M', 77, 4), ('A', 65, 4), ('Z', 90, 4), ('s', 115, 4) })
        {
            yield return Refused($"type {(int)type:x2}", $"unhandled tar header type {number}", Tar().File("before", "1").Entry(type == 'S' ? Sparse() : new LayerEntry("a") { Type = type, Size = 0 }))
                .Packed(exitCode);
        }
    }

    // GNU tar's old form of a file that is one hole: the header's sparse map has to be a right one to get past the parser.
    private static LayerEntry Sparse() => new("sp") { Type = 'S', Magic = "ustar  \0", Size = 0, Prefix = new string('\0', 41) + "00000020000\0" + "00000000000\0" + new string('\0', 73) + "00000020000\0" };
}
