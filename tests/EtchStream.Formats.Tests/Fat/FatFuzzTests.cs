using System.Buffers.Binary;
using System.Diagnostics;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tests.Ext4;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Formats.Tests.Fat;

/// <summary>Whatever lies on the disk, reading and writing end in a result or in one of our errors, within bounded time and memory.</summary>
public class FatFuzzTests
{
    private const int MaxObjects = 300;
    private const long MaxAllocation = 64 << 20;
    private static readonly int Cases = Soak.IsOn ? 200_000 : 4000;
    private static readonly uint[] Extremes = [0, 1, 2, 3, 5, 0x7F, 0xFF, 0xFF7, 0xFF8, 0x7FFF, 0x8000, 0xFFF7, 0xFFFF, 0x0FFFFFF7, 0x0FFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF];

    [ToolFact("mkfs.vfat")]
    public void Damaged_FAT12_ends_in_a_result_or_in_our_error() => Fuzz("-F 12 -s 1 -r 128", 1000, 1);

    [ToolFact("mkfs.vfat")]
    public void Damaged_FAT16_ends_in_a_result_or_in_our_error() => Fuzz("-F 16 -s 1 -r 128", 3000, 2);

    [ToolFact("mkfs.vfat")]
    public void Damaged_FAT32_ends_in_a_result_or_in_our_error() => Fuzz("-F 32 -s 1 -f 1", 3000, 3);

    private static void Fuzz(string options, int kibibytes, int seed)
    {
        var image = FatImages.Make(options, kibibytes);
        FatImages.Write(image, (writer, disk) =>
        {
            writer.File(disk, "dir/small", FatImages.Content(1, 100));
            writer.File(disk, "dir/a long name of a file", FatImages.Content(2, 9000));
            writer.File(disk, "UPPER.TXT", FatImages.Content(3, 3000));
            writer.CreateDirectory("empty"u8, FatImages.Plain);
            for (var i = 0; i < 60; i++) writer.File(disk, $"many/file with a name of some length {i}", FatImages.Content(i, i % 3 * 600));
            writer.File(disk, "a/b/c/d", [1]);
        });
        var subject = new OverlayDisk(image);
        var places = Places(image);
        var clean = new Outcome();
        Run(subject, new Random(0), clean);
        Assert.True(clean is { Opened: 1, Walked: 1, Committed: 1 }, $"{options}: {clean.Last}");
        subject.Reset();

        var outcome = new Outcome();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Cases; i++)
        {
            var random = new Random((seed * 1_000_000) + i);
            for (var count = random.Next(1, 5); count > 0; count--) Change(random, subject, places[random.Next(places.Count)]);
            if (random.Next(50) == 0) subject.Length = random.NextInt64(subject.Length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Run(subject, random, outcome);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{options}, case {i}: {e.GetType().Name} escaped", e);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxAllocation, $"{options}, case {i} allocated {allocated} bytes");
            subject.Reset();
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(Soak.IsOn ? 60 : 3), $"{options}: {i} cases took {watch.Elapsed}");
        }

        // The damage has to be such that every outcome is seen, in numbers.
        Assert.True(outcome.Opened > Cases / 5 && outcome.Opened < Cases && outcome.Walked > Cases / 20 && outcome.Walked < Cases && outcome.Committed > Cases / 20 && outcome.Committed < Cases, $"{options}: {outcome}");
    }

    /// <summary>Boot sector, FSINFO, the entries of the FATs in use, the directories. For most changes the FATs are kept the same.</summary>
    private static List<(long Offset, int Length, long Copy)> Places(byte[] image)
    {
        var volume = FatVolume.Open(new MemoryDisk(image));
        var info = volume.Info;
        var places = new List<(long, int, long)> { (0, 90, 0), (info.FatOffset, 8, info.FatCount > 1 ? info.FatLength : 0) };
        if (info.Bits == 32) places.Add((512 + 484, 12, 0));
        for (var i = 0; i < 12; i++) places.Add((info.FatOffset, 200 * info.Bits / 8, info.FatCount > 1 && i > 0 ? info.FatLength : 0));
        if (info.Bits != 32) places.Add((info.FixedRootOffset, 640, 0));
        else places.Add((info.ClusterOffset(info.RootCluster), 512, 0));
        foreach (var path in (string[])["dir", "many", "many", "empty", "a", "a/b"])
            places.Add((info.ClusterOffset(volume.Find(path)!.FirstCluster), 512, 0));
        return places;
    }

    private static void Change(Random random, OverlayDisk disk, (long Offset, int Length, long Copy) place)
    {
        var at = place.Offset + random.Next(place.Length);
        Span<byte> word = stackalloc byte[4];
        disk.Read(at, word);
        switch (random.Next(5))
        {
            case 0:
                word[0] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                word[0] = (byte)random.Next(256);
                break;
            case 2:
                BinaryPrimitives.WriteUInt32LittleEndian(word, Extremes[random.Next(Extremes.Length)]);
                break;
            case 3:
                BinaryPrimitives.WriteUInt16LittleEndian(word, unchecked((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(word) + random.Next(-3, 4))));
                break;
            default:
                random.NextBytes(word[..random.Next(1, 5)]);
                break;
        }

        disk.Write(at, word);
        if (place.Copy != 0) disk.Write(at + place.Copy, word);
    }

    private static void Run(OverlayDisk disk, Random random, Outcome outcome)
    {
        try
        {
            var volume = FatVolume.Open(disk);
            outcome.Opened++;
            outcome.Walked += Walk(volume, outcome) ? 1 : 0;
        }
        catch (Exception e) when (IsOurs(e))
        {
            outcome.Last = e;
        }

        try
        {
            outcome.Committed += Write(disk, random, outcome) ? 1 : 0;
        }
        catch (Exception e) when (IsOurs(e))
        {
            outcome.Last = e;
        }
    }

    private static bool IsOurs(Exception e) => e is CorruptFormatException or UnsupportedFormatException or OutOfSpaceException or UnsafePathException;

    /// <summary>Reads everything that the tree leads to; an object that cannot be read is passed by.</summary>
    private static bool Walk(FatVolume volume, Outcome outcome)
    {
        var queue = new Queue<FatDirectoryEntry>([volume.Root]);
        var buffer = new byte[3000];
        var isWhole = true;
        for (var seen = 0; seen < MaxObjects && queue.TryDequeue(out var entry); seen++)
        {
            try
            {
                if (entry.IsDirectory)
                {
                    foreach (var child in volume.ReadDirectory(entry)) queue.Enqueue(child);
                    continue;
                }

                var file = volume.OpenFile(entry);
                foreach (var offset in (long[])[0, 1000, file.Length / 2, Math.Max(0, file.Length - 10), 0, file.Length])
                {
                    Assert.Equal(Math.Clamp(file.Length - offset, 0, buffer.Length), file.Read(offset, buffer));
                }
            }
            catch (Exception e) when (IsOurs(e))
            {
                isWhole = false;
                outcome.Last = e;
            }
        }

        return isWhole;
    }

    private static bool Write(OverlayDisk disk, Random random, Outcome outcome)
    {
        var writer = FatWriter.Open(disk);
        Action[] steps =
        [
            () => Fill(disk, writer.CreateFile("new"u8, FatImages.Plain, 5000)),
            () => Fill(disk, writer.CreateFile("dir/small"u8, FatImages.Plain, 500)),
            () => Fill(disk, writer.CreateFile("dir/A LONG NAME of a file"u8, FatImages.Plain, 70_000)),
            () => Fill(disk, writer.CreateFile("upper.txt"u8, FatImages.Plain, 0)),
            () => writer.CreateDirectory("empty"u8, FatImages.Plain),
            () => Fill(disk, writer.CreateFile("empty"u8, FatImages.Plain, 1)),
            () => writer.CreateDirectory("UPPER.TXT"u8, FatImages.Plain),
            () => writer.EnsureDirectory("many"u8, FatImages.Plain),
            () => Fill(disk, writer.CreateFile("many/one more long name"u8, FatImages.Plain, 1)),
            () => Fill(disk, writer.CreateFile("many/FILEWI~3"u8, FatImages.Plain, 9999)),
            () => Fill(disk, writer.CreateFile("a/b/c/e/f/g"u8, FatImages.Plain, 1)),
            () => writer.TryReadFile("a/b/c/d"u8, 100),
            () => Fill(disk, writer.CreateFile("a/b/c/d"u8, FatImages.Plain, 1)),
            () => Fill(disk, writer.CreateFile("large"u8, FatImages.Plain, 1 << 30)),
        ];
        random.Shuffle(steps);
        var isWhole = true;
        foreach (var step in steps)
        {
            try
            {
                step();
            }
            catch (Exception e) when (IsOurs(e))
            {
                // A caller would give up here; that the rest and the commit keep to our errors as well is asked for all the same.
                if (e is CorruptFormatException) isWhole = false;
                outcome.Last = e;
            }
        }

        writer.Finish();
        return isWhole;
    }

    private static void Fill(OverlayDisk disk, IReadOnlyList<FileRun> runs)
    {
        var zeros = new byte[512];
        foreach (var run in runs)
        {
            for (long done = 0; done < run.Length; done += zeros.Length) disk.Write(run.VolumeOffset + done, zeros);
        }
    }

    private sealed class Outcome
    {
        public int Opened { get; set; }

        public int Walked { get; set; }

        public int Committed { get; set; }

        public Exception? Last { get; set; }

        public override string ToString() => $"{Opened} opened, {Walked} read whole, {Committed} committed; last: {Last?.Message}";
    }
}
