using System.Diagnostics;
using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;
using Ext4Volume = EtchStream.Formats.Ext4.Ext4Volume;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Whatever lies on the disk, reading and writing end in a result or in one of our errors, within bounded time and memory.</summary>
public class Ext4FuzzTests
{
    private const int MaxInodes = 400;
    private const long MaxAllocation = 64 << 20;

    [ToolFact("mke2fs")]
    public void Damaged_ext2_ends_in_a_result_or_in_our_error() =>
        Fuzz("ext2", "-t ext2 -b 1024 -N 256 -O ^resize_inode", 1, 8000);

    [ToolFact("mke2fs")]
    public void Damaged_ext4_without_checksums_ends_in_a_result_or_in_our_error() =>
        Fuzz("ext4", "-t ext4 -b 1024 -N 256 -O ^metadata_csum,^uninit_bg,64bit -J size=1", 2, 8000);

    [ToolFact("mke2fs")]
    public void Damaged_ext4_with_checksums_ends_in_a_result_or_in_our_error() =>
        Fuzz("ext4 with metadata_csum", "-t ext4 -b 1024 -N 256 -O metadata_csum,64bit -J size=1", 3, 8000);

    [ToolFact("mke2fs", "debugfs")]
    public void Damaged_inline_data_ends_in_a_result_or_in_our_error() =>
        Fuzz("inline_data", "-t ext4 -b 1024 -N 256 -O inline_data,ea_inode,^metadata_csum,64bit -J size=1", 4, 8000, Inline);

    [ToolFact("mke2fs", "debugfs")]
    public void Damaged_inline_data_with_checksums_ends_in_a_result_or_in_our_error() =>
        Fuzz("inline_data with metadata_csum", "-t ext4 -b 1024 -N 256 -O inline_data,ea_inode,metadata_csum,64bit -J size=1", 5, 4000, Inline);

    private static byte[] Inline(byte[] image)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tiny"], "a file whose content lies in its inode, in part among its attributes, as it is longer than sixty bytes");
        File.WriteAllBytes(folder["value"], new byte[3000]);
        return TestImages.Debugfs(
            image,
            $"write {folder["tiny"]} tiny",
            $"write {folder["tiny"]} valued",
            $"ea_set -f {folder["value"]} valued user.large",
            "mkdir inline",
            $"write {folder["tiny"]} inline/one",
            $"write {folder["tiny"]} inline/two",
            $"write {folder["tiny"]} inline/tri");
    }

    private static void Fuzz(string name, string options, int seed, int cases, Func<byte[], byte[]>? prepare = null)
    {
        var image = TestImages.Make(options, "4M");
        if (prepare is not null) image = prepare(image);
        var subject = new FuzzSubject(name, FuzzSubject.Populate(image));
        var clean = new Outcome();
        Run(subject.Disk, new Random(0), clean);
        Assert.True(clean is { Opened: 1, Walked: 1, Committed: 1 }, $"{name}: {clean.Last}");
        subject.Disk.Reset();

        var outcome = new Outcome();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < cases; i++)
        {
            var random = new Random(seed * 1_000_000 + i);
            FuzzDamage.Apply(random, subject, seal: random.Next(4) != 0);
            if (random.Next(50) == 0) subject.Disk.Length = random.NextInt64(subject.Disk.Length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Run(subject.Disk, random, outcome);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name}, case {i}: {e.GetType().Name} escaped", e);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MaxAllocation, $"{name}, case {i} allocated {allocated} bytes");
            subject.Disk.Reset();
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), $"{name}: {i} cases took {watch.Elapsed}");
        }

        // The damage has to be such that every outcome is seen, in numbers.
        Assert.True(outcome.Opened > cases / 10 && outcome.Opened < cases && outcome.Walked > cases / 20 && outcome.Committed > cases / 20, $"{name}: {outcome}");
    }

    private static void Run(OverlayDisk disk, Random random, Outcome outcome)
    {
        try
        {
            var volume = Ext4Volume.Open(disk);
            outcome.Opened++;
            outcome.Walked += Walk(volume, outcome) ? 1 : 0;
        }
        catch (Exception e) when (IsOurs(e))
        {
            outcome.Last = e;
        }

        try
        {
            Write(disk, random, outcome);
            outcome.Committed++;
        }
        catch (Exception e) when (IsOurs(e))
        {
            outcome.Last = e;
        }
    }

    private static bool IsOurs(Exception e) => e is CorruptFormatException or UnsupportedFormatException or OutOfSpaceException or UnsafePathException;

    /// <summary>Reads everything that the tree leads to; an object that cannot be read is passed by.</summary>
    private static bool Walk(Ext4Volume volume, Outcome outcome)
    {
        var queue = new Queue<uint>([2u]);
        var seen = new HashSet<uint> { 2 };
        var buffer = new byte[3000];
        var isWhole = true;
        while (queue.Count > 0 && seen.Count < MaxInodes)
        {
            var number = queue.Dequeue();
            foreach (var look in (Action<Ext4Inode>[])[
                inode => volume.ReadXattrs(inode),
                inode =>
                {
                    _ = (inode.Mode, inode.UserId, inode.GroupId, inode.LinkCount, inode.ModificationTime, inode.Device, inode.Size);
                    switch (inode.Kind)
                    {
                        case FileKind.Directory:
                            foreach (var entry in volume.ReadDirectory(inode))
                            {
                                if (seen.Add(entry.Inode)) queue.Enqueue(entry.Inode);
                            }

                            break;
                        case FileKind.SymbolicLink:
                            Assert.Equal(inode.Size, volume.ReadSymbolicLink(inode).Length);
                            break;
                        case FileKind.File:
                            var file = volume.OpenFile(inode);
                            foreach (var offset in (long[])[0, 1000, file.Length / 2, Math.Max(0, file.Length - 10), file.Length])
                            {
                                Assert.Equal(Math.Clamp(file.Length - offset, 0, buffer.Length), file.Read(offset, buffer));
                            }

                            break;
                    }
                },
            ])
            {
                try
                {
                    look(volume.ReadInode(number));
                }
                catch (Exception e) when (IsOurs(e))
                {
                    isWhole = false;
                    outcome.Last = e;
                }
            }
        }

        return isWhole;
    }

    private static void Write(OverlayDisk disk, Random random, Outcome outcome)
    {
        var writer = Ext4Writer.Open(disk);
        var plain = new UnixAttributes { Mode = 0x1A4, ModificationTime = new UnixTime(1_600_000_000, 7) };
        var many = new UnixAttributes { Mode = 0x1ED, Xattrs = [new Xattr("user.a"u8.ToArray(), new byte[200]), new Xattr("user.b"u8.ToArray(), new byte[150])] };
        Action[] steps =
        [
            () => Fill(disk, writer.CreateFile("new"u8, plain, 5000)),
            () => Fill(disk, writer.CreateFile("dir/small"u8, many, 500)),
            () => Fill(disk, writer.CreateFile("dir/file"u8, plain, 70_000, [new DataRun(3000, 10), new DataRun(50_000, 9000)])),
            () => Fill(disk, writer.CreateFile("dir/holes"u8, plain, 0)),
            () => writer.CreateSymbolicLink("dir/attributes"u8, "x"u8, plain),
            () => writer.CreateSymbolicLink("dir/long"u8, Encoding.ASCII.GetBytes(new string('y', 100)), many),
            () => writer.CreateDirectory("attributes"u8, many),
            () => writer.CreateDirectory(""u8, plain),
            () => writer.CreateDirectory("many"u8, plain),
            () => Fill(disk, writer.CreateFile("many/one more"u8, plain, 1)),
            () => writer.CreateHardLink("many/link"u8, "link"u8),
            () => writer.CreateNode("null"u8, FileKind.Socket, 0, 0, plain),
            () => writer.CreateNode("fifo"u8, FileKind.BlockDevice, 4095, 1048575, plain),
            () => writer.CreateDirectory("inline"u8, many),
            () => Fill(disk, writer.CreateFile("inline/one"u8, plain, 1)),
            () => Fill(disk, writer.CreateFile("tiny"u8, plain, 1)),
            () => Fill(disk, writer.CreateFile("valued/x"u8, plain, 1)),
            () => Fill(disk, writer.CreateFile("attributes"u8, plain, 1)),
            () => Fill(disk, writer.CreateFile("large"u8, plain, 1 << 30)),
        ];
        random.Shuffle(steps);
        foreach (var step in steps)
        {
            try
            {
                step();
            }
            catch (Exception e) when (IsOurs(e))
            {
                // A caller would give up here; that the rest and the commit keep to our errors as well is asked for all the same.
                outcome.Last = e;
            }
        }

        foreach (var _ in writer.Commit())
        {
        }
    }

    private static void Fill(OverlayDisk disk, IReadOnlyList<FileRun> runs)
    {
        var zeros = new byte[1024];
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
