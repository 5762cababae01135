using System.Text;
using EtchStream.TestKit.Engine;
using static EtchStream.Cli.Tests.Hostile.HostileRow;

namespace EtchStream.Cli.Tests.Hostile;

/// <summary>Lengths, device numbers and sparse maps that cannot be; extended headers that are too long, too many, or lie.</summary>
internal static class HostileSizes
{
    /// <summary>The archives.</summary>
    public static IEnumerable<HostileRow> Rows() => [.. Numbers(), .. Maps(), .. Extensions()];

    private static IEnumerable<HostileRow> Numbers()
    {
        foreach (var (name, size) in new[] { ("2^63-1", long.MaxValue), ("2^62", 1L << 62), ("2^52", 1L << 52) })
        {
            yield return Behind($"a file of {name} bytes", 4, "larger than this file system can hold", tar => tar.Entry(new LayerEntry("inject/1/x") { Size = size }));
            yield return Behind($"a file of {name} bytes by its extended header", 4, "larger than this file system can hold", tar => tar.Pax("size", $"{size}").File("inject/1/x", "x"));
            yield return Behind($"a sparse file of {name} bytes", 4, "larger than this file system can hold", tar => Sparse(tar, "0,1", $"{size}").File("inject/1/x", "x"));
            yield return Behind($"a symbolic link that says {name} bytes", 0, "1 entry", tar => tar.Entry(new LayerEntry("inject/1/x") { Type = '2', Link = "t", Size = size }));
            yield return new HostileRow($"an image of {name} bytes", 5, "does not take a file", tar => tar.Entry(new LayerEntry("disk.img") { Size = size }).Zeros(1024));
            yield return new HostileRow($"a manifest of {name} bytes", 3, "longer than", tar => tar.Entry(new LayerEntry("manifest.json") { Size = size }));
        }

        yield return Behind("a file of -1 bytes", 3, "its size is negative", tar => tar.Entry(new LayerEntry("inject/1/x") { Size = -1 }));
        yield return Behind("an owner of -1", 4, "out of range", tar => tar.Entry(new LayerEntry("inject/1/x") { User = -1 }));
        yield return Behind("an owner that is no one", 4, "out of range", tar => tar.Entry(new LayerEntry("inject/1/x") { User = uint.MaxValue }));
        yield return Behind("a time of 2^62", 0, "warning", tar => tar.Entry(new LayerEntry("inject/1/x") { Time = 1L << 62 }));
        foreach (var (major, minor) in new[] { (4096, 0), (0, 1 << 20), (int.MaxValue, int.MaxValue) })
            yield return Behind($"a device {major}:{minor}", 4, "larger than Linux has (4095:1048575)", tar => tar.Node("inject/1/n", '3', major, minor));
        yield return Behind("a device -1:-1", 3, "-1 is not a device number", tar => tar.Node("inject/1/n", '4', -1, -1));
        foreach (var value in new[] { "9223372036854775808", "1e9", "0x10", " 1", "+1", "--1" })
            yield return Behind($"a record size of '{value}'", 3, "is not a number of 64 bits", tar => tar.Pax("size", value).File("inject/1/x", "x"));
    }

    private static IEnumerable<HostileRow> Maps()
    {
        foreach (var (name, map, real, stored, problem) in new (string, string, string, int, string)[]
        {
            ("overlapping", "0,512,256,512", "4096", 1024, "overlaps"), ("unsorted", "1024,512,0,512", "4096", 1024, "overlaps"), ("beyond the file", "4000,512", "4096", 512, "reaches to byte"),
            ("an offset of 2^63-1", "9223372036854775807,1", "4096", 1, "which no file can hold"), ("a negative length", "0,-512", "4096", 512, "negative"), ("more than is stored", "0,4096", "4096", 512, "the member stores 512"),
            ("a number too large", "0,99999999999999999999", "4096", 512, "not a number"), ("a negative size", "0,0", "-1", 0, "negative"), ("an odd count of numbers", "0,1,2", "10", 1, "not followed by its length"),
        })
            yield return Behind($"a sparse map: {name}", 3, problem, tar => Sparse(tar, map, real).Entry(new LayerEntry("inject/1/x"), new byte[stored]));

        yield return Behind("a sparse map of 1 000 001 entries", 3, "more than 1000000", tar => Sparse(tar, string.Join(',', Enumerable.Repeat("0,0", 1_000_001)), "10").File("inject/1/x"));
        yield return Behind("a sparse map of a million entries without data", 0, "1 entry", tar => Sparse(tar, string.Join(',', Enumerable.Repeat("0,0", 1_000_000)), "10").File("inject/1/x"));
    }

    private static IEnumerable<HostileRow> Extensions()
    {
        foreach (var type in new[] { 'x', 'g' })
        {
            foreach (var size in new[] { 1L << 31, long.MaxValue }) yield return Behind($"an {type} header of {size} bytes", 3, "longer than the 8388608 bytes", tar => tar.Entry(new LayerEntry("h") { Type = type, Size = size }));
            yield return Behind($"an {type} header of 10 MiB", 3, "longer than the 8388608 bytes", tar => tar.Entry(new LayerEntry("h") { Type = type }, new byte[10 << 20]));
            yield return Behind($"an {type} header of 100 000 records", 0, "1 entry", tar => tar.Entry(new LayerEntry("h") { Type = type }, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("13 comment=c\n", 100_000)))).File("inject/1/x"));
            foreach (var record in new[] { "path=x\n", "0 path=x\n", "99 path=x\n", "9999999999 path=x\n", "-9 path=x\n", "6 =xy\n" })
                yield return Behind($"an {type} header with the record {record.TrimEnd()}", 3, "tar extended header record", tar => tar.Entry(new LayerEntry("h") { Type = type }, Encoding.ASCII.GetBytes(record)).File("inject/1/x"));
        }

        foreach (var size in new[] { 1L << 31, long.MaxValue }) yield return Behind($"a GNU long name of {size} bytes", 3, "longer than the 65536", tar => tar.Entry(new LayerEntry("h") { Type = 'L', Size = size }));
        yield return Behind("ten thousand global headers in a row", 3, "longer than the 8388608 bytes", tar => Enumerable.Range(0, 10_000).Aggregate(tar, (t, _) => t.Global("g", "comment", "c")));
        yield return Behind("two thousand attributes", 3, "more than 1024", tar => tar.Pax([.. Enumerable.Range(0, 2000).Select(i => ($"SCHILY.xattr.user.{i}", "v"u8.ToArray()))]).File("inject/1/x"));
    }

    private static LayerTar Sparse(LayerTar tar, string map, string size) => tar.Pax(("GNU.sparse.size", Encoding.ASCII.GetBytes(size)), ("GNU.sparse.map", Encoding.ASCII.GetBytes(map)));
}
