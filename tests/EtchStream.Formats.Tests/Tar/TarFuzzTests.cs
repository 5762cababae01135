using System.Diagnostics;
using EtchStream.Formats.Tar;
using Xunit;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Damaged archives end in one of the library's own errors, soon and with little memory, or are read.</summary>
public sealed class TarFuzzTests
{
    private const int Cases = 30_000;

    [Fact]
    public async Task Damaged_archives_fail_clearly_soon_and_small()
    {
        var random = new Random(65537);
        var archives = await Samples();
        int read = 0, refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            var damaged = Damage(random, archives);
            var clock = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                await ReadEverything(damaged, random.Next(1, 4000));
                read++;
            }
            catch (Exception error) when (error is CorruptFormatException or UnsupportedFormatException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"case {i}: {error}");
            }

            // A machine under load may take a break now and then; a loop would not end at all.
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"case {i} took {clock.Elapsed}");
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 40_000_000, $"case {i} allocated {allocated} bytes");
        }

        // Both must be tried in earnest: damage that the checksum stops at once tests little.
        Assert.True(read > Cases / 20, $"only {read} were read");
        Assert.True(refused > Cases / 5, $"only {refused} were refused");
    }

    private static async Task ReadEverything(byte[] archive, int chunk)
    {
        var reader = new TarReader(new ChunkedSource(archive, chunk)) { AllowMissingEnd = chunk % 2 == 0, IgnoreGlobalHeaders = chunk % 5 == 0, FolderSlashNeedsNulType = chunk % 7 == 0 };
        while (await reader.ReadEntryAsync() is { } entry)
        {
            Assert.True(entry.Size >= 0 && entry.ContentLength >= 0 && entry.Name.Length > 0 && !entry.Name.AsSpan().Contains((byte)0));
            Assert.True(reader.RawHeader.Length > 0 && reader.RawPadding.Length < 512);
            long end = 0;
            foreach (var run in entry.DataRuns ?? [])
            {
                Assert.True(run.Offset >= end && run.Length > 0 && run.End <= entry.Size);
                end = run.End;
            }

            if (chunk % 3 == 0) continue;
            while (!(await reader.ReadContentAsync()).IsEmpty) { }
        }

        await reader.DrainAsync();
    }

    private static byte[] Damage(Random random, List<byte[]> archives)
    {
        var bytes = (byte[])archives[random.Next(archives.Count)].Clone();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var block = random.Next(bytes.Length / 512) * 512;
            switch (random.Next(7))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 2:
                    // Numbers of a header, octal or base-256, and the sparse map of an old GNU header.
                    Attack(random, bytes, block + (random.Next(4) switch { 0 => 124, 1 => 136, 2 => 386 + (12 * random.Next(8)), _ => 100 + (8 * random.Next(3)) }), 12);
                    break;
                case 3:
                    bytes[block + 156] = "01234567xgLKSVMDAXN\0"u8[random.Next(20)];
                    break;
                case 4:
                    // Digits anywhere: lengths of records, maps in front of content.
                    for (var at = random.Next(bytes.Length); at < bytes.Length && at % 97 != 0; at++)
                    {
                        if (char.IsAsciiDigit((char)bytes[at])) bytes[at] = (byte)('0' + random.Next(10));
                    }

                    break;
                case 5:
                    var other = archives[random.Next(archives.Count)];
                    var from = random.Next(other.Length / 512) * 512;
                    var length = Math.Min(random.Next(1, 8) * 512, Math.Min(other.Length - from, bytes.Length - block));
                    other.AsSpan(from, length).CopyTo(bytes.AsSpan(block));
                    break;
                default:
                    bytes = bytes[..random.Next(512, bytes.Length + 1)];
                    break;
            }

            if (bytes.Length < 1024) return bytes;
        }

        // Mostly make the checksums right again, so that the damage gets past them.
        if (random.Next(5) > 0)
        {
            for (var at = 0; at + 512 <= bytes.Length; at += 512)
            {
                if (bytes.AsSpan(at + 257, 5).SequenceEqual("ustar"u8)) RawTar.Seal(bytes.AsSpan(at, 512));
            }
        }

        return bytes;
    }

    private static void Attack(Random random, byte[] bytes, int at, int length)
    {
        var field = bytes.AsSpan(at, length);
        switch (random.Next(4))
        {
            case 0:
                field.Fill((byte)'7');
                break;
            case 1:
                field.Fill(0xFF);
                break;
            case 2:
                field.Clear();
                field[0] = 0x80;
                field[4..].Fill(0xFF);
                field[4] = (byte)random.Next(256);
                break;
            default:
                for (var i = 0; i < length - 1; i++) field[i] = (byte)('0' + (i < 6 ? 0 : random.Next(8)));
                break;
        }
    }

    private static async Task<List<byte[]>> Samples()
    {
        var random = new Random(4711);
        var archives = new List<byte[]> { await TarDump.WriteAsync(TarRoundTripTests.EveryKind()) };
        for (var i = 0; i < 30; i++) archives.Add(await TarDump.WriteAsync([.. Enumerable.Range(0, 4).Select(_ => TarRandom.Member(random))]));
        const string Gnu = "ustar  \0";
        archives.Add(new RawTar().Header("././@LongLink", 'L', 200, Gnu).Content(new string('l', 199) + "\0").Header("n", '0', 3, Gnu).Content("abc")
            .Header("s", 'S', 12, Gnu, b =>
            {
                for (var i = 0; i < 4; i++) RawTar.Put(b, 386 + (24 * i), RawTar.Octal(i * 512) + "\0" + RawTar.Octal(2) + "\0");
                b[482] = 1;
                RawTar.Put(b, 483, RawTar.Octal(10000));
            }).Content(RawTar.Octal(5000) + "\0" + RawTar.Octal(4) + "\0").Content("abcdefghijkl").End());
        archives.Add(new RawTar().PaxData(RawTar.Record("uid", "5"), 'g')
            .Pax(("GNU.sparse.size", "1000"), ("GNU.sparse.map", "0,2,500,1,1000,0")).Header("n", '0', 3).Content("abc")
            .Pax(("LIBARCHIVE.xattr.user.a", "Yg"), ("SCHILY.xattr.user.b", "\0\n")).Header("h", '1', 700, link: "n").Content(new string('h', 700)).End());
        return archives;
    }
}
