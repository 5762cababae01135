namespace EtchStream.TestKit.Engine;

public static partial class OddImages
{
    private static IEnumerable<EngineImage> Records()
    {
        yield return Accepted("global header of comments", Tar().Global("pax_global_header", "comment", "hello").File("a", "1"));
        yield return Accepted("global header that would change entries", Tar().Global("PaxHeaders.0/x", "uid", "77").File("a", "1").Global("g2", "mtime", "5").File("b", "2"));
        yield return Accepted("global header with a path", Tar().Global("PaxHeaders.0/x", "path", "xyz").File("a", "1"));
        yield return Refused("two global headers of one name", Duplicate, Tar().Global("pax_global_header", "comment", "a").Global("pax_global_header", "comment", "b").File("a", "1")).Packed(0);
        yield return Accepted("PAX size", Tar().Pax("size", "3").Entry(new LayerEntry("a") { Size = 0 }, "xyz"u8).File("b", "2"));
        yield return Accepted("PAX path that is empty", Tar().Pax("path", "").File("a", "1"));
        yield return Accepted("PAX GNU sparse 1.0", Tar()
            .Pax(("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.name", "sp"u8.ToArray()), ("GNU.sparse.realsize", "8192"u8.ToArray()))
            .Entry(new LayerEntry("GNUSparseFile.0/sp"), [.. "1\n4096\n512\n"u8, .. new byte[501], .. Enumerable.Repeat((byte)'Q', 512)]), replays: false);
        yield return Accepted("PAX GNU sparse 0.1", Tar()
            .Pax(("GNU.sparse.size", "8192"u8.ToArray()), ("GNU.sparse.numblocks", "1"u8.ToArray()), ("GNU.sparse.name", "sp"u8.ToArray()), ("GNU.sparse.map", "4096,512"u8.ToArray()))
            .Entry(new LayerEntry("GNUSparseFile.0/sp"), [.. Enumerable.Repeat((byte)'Q', 512)]), replays: false);
    }

    private static IEnumerable<EngineImage> Ends()
    {
        var garbage = new byte[3000];
        new Random(1).NextBytes(garbage);
        yield return Raw("empty tar", []);
        yield return Raw("only end blocks", Tar().End());
        yield return Raw("only one zero block", Tar().Zeros(512).ToArray());
        yield return Raw("no end blocks", One().ToArray());
        yield return Raw("one end block", One().Zeros(512).ToArray());
        yield return Raw("last padding missing", One().ToArray()[..513]);
        yield return Raw("padded to a record of 10 KiB", One().Zeros(10_240 - 1024).ToArray());
        yield return Raw("random bytes after the end", One().Zeros(1024).Raw(garbage).ToArray());
        yield return Raw("entries after the end", One().Zeros(1024).File("b", "2").End());
        yield return Raw("part of a block after the end", One().Zeros(1124).ToArray());
        yield return Raw("three megabytes after the end", One().Zeros(3 << 20).Raw("x"u8).ToArray());
        yield return Accepted("sizes of whole blocks, and none", Tar().File("a", new string('a', 512)).File("b", new string('b', 1024)).File("c").File("d", new string('d', 70_000)));
        yield return RawRefused("content cut short", "unexpected EOF", One().ToArray()[..512]);
        yield return RawRefused("part of a header", "unexpected EOF", One().Zeros(100).ToArray());
        yield return RawRefused("one zero block, then part of one", "unexpected EOF", One().Zeros(612).ToArray());
        yield return RawRefused("one zero block, then an entry", "archive/tar: invalid tar header", One().Zeros(512).File("b", "2").End());
        yield return RawRefused("bytes that are no tar", "archive/tar: invalid tar header", garbage[..2048]);
        var wrong = One().End();
        wrong[0] ^= 1;
        yield return RawRefused("wrong checksum", "archive/tar: invalid tar header", wrong);
    }

    private static LayerTar One() => Tar().File("a", "1");
}
