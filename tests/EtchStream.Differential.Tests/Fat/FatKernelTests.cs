using System.Text;
using EtchStream.Formats.Fat;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Differential.Tests.Fat;

/// <summary>Linux's vfat beside ours: the same names get the same 8.3 names, and each works on with what the other made.</summary>
public class FatKernelTests
{
    /// <summary>In the order in which they are made. No letter that the kernel's code page 437 has: ours are ASCII only.</summary>
    private static readonly string[] Names =
    [
        "UPPER.TXT", "lower.txt", "Mixed.Txt", "lower", "UPPER", "12345678.123", "123456789.123", "12345678.1234", "a.b.c", "a..b", ".hidden", "..x", ".a.b",
        ".tar.gz", " leading", "with space", "with space.txt", "plus+.txt", "[brackets].;,=", "日本語", "日本.語", "日", "😀.txt", "x😀", "abcdefg日.x", "abcdef日g.x",
        "tilde~1.txt", "longname one", "longname two", "longname three", "longname four", "longname five", "longname six", "longname seven",
        "longname eight", "longname nine", "LONGNAME.TXT", "longname.tXt2", "a", "B", "c.D", "$%'`-@{}~!#()&_^.x", "ab日.t日t", "n o.e x t", "x.y z", "x.日", "q.", "x .y", "e.+=",
    ];

    [ToolFact("mkfs.vfat", "fsck.vfat", VfatKernel.Tool, "busybox")]
    public void Short_names_are_those_that_the_kernel_makes()
    {
        using var folder = new TemporaryFolder();
        var names = Names.Where(name => !name.EndsWith('.')).ToArray();
        var (kernel, ours) = (folder["kernel"], folder["ours"]);
        foreach (var volume in (string[])[kernel, ours]) HostTool.RunOk("mkfs.vfat", "-C", volume, "4000");

        File.WriteAllText(folder["names"], string.Concat(names.Select(name => $"{name}\n")));
        VfatKernel.Run(kernel, folder, "while IFS= read -r name; do : > \"./$name\"; done < /mnt/h/names", readOnly: false);
        using (var disk = FileDisk.OpenReadWrite(ours))
        {
            var writer = FatWriter.Open(disk);
            foreach (var name in names) writer.CreateFile(Encoding.UTF8.GetBytes(name), new UnixAttributes { Mode = 0x1A4 }, 0);
            foreach (var _ in writer.Commit())
            {
            }
        }

        Assert.Equal(names, Entries(kernel).Select(entry => entry.Name));
        Assert.Equal(Lines(kernel), Lines(ours));
        Nothing.Wrong("fsck.vfat", FsckVfat.Run(ours).Complaints);

        static List<FatDirectoryEntry> Entries(string volume)
        {
            using var disk = FileDisk.OpenRead(volume);
            var fat = FatVolume.Open(disk);
            return fat.ReadDirectory(fat.Root);
        }

        static IEnumerable<string> Lines(string volume) => Entries(volume).Select(entry => $"{entry.Name} is {entry.ShortName}, attributes {entry.Attributes}");
    }

    [ToolFact("mkfs.vfat", "fsck.vfat", "mcopy", "tar", VfatKernel.Tool, "busybox")]
    public void Each_works_on_with_what_the_other_made()
    {
        using var folder = new TemporaryFolder();
        var volume = folder["volume"];
        HostTool.RunOk("mkfs.vfat", "-F", "32", "-s", "1", "-C", volume, "60000");
        VfatKernel.Run(volume, folder, "mkdir -p 'made by the kernel' EFI/BOOT; for i in $(seq 300); do echo $i > \"made by the kernel/A long name, number $i\"; done; echo old > EFI/BOOT/startup.nsh; rm 'made by the kernel'/*7; dd if=/dev/zero of=large bs=1000 count=500 2>&1", readOnly: false);
        Nothing.Wrong("after the kernel", FsckVfat.Run(volume).Complaints);
        using (var disk = FileDisk.OpenReadWrite(volume))
        {
            var writer = FatWriter.Open(disk);
            for (var i = 0; i < 200; i++) Write(writer, disk, $"made by the kernel/A long name, number {i}", $"ours {i}");
            Write(writer, disk, "efi/boot/STARTUP.NSH", "new");
            Write(writer, disk, "large", "small");
            for (var i = 0; i < 100; i++) Write(writer, disk, $"ours/folder {i}/file", $"{i}");
            foreach (var _ in writer.Commit())
            {
            }
        }

        Nothing.Wrong("after us", FsckVfat.Run(volume).Complaints);
        var script = """
            test "$(cat EFI/BOOT/startup.nsh)" = new
            test "$(cat large)" = small
            test "$(ls 'made by the kernel' | wc -l)" = 291
            test "$(cat 'made by the kernel/A long name, number 7')" = 'ours 7'
            test "$(cat 'made by the kernel/A long name, number 201')" = 201
            rm -r 'made by the kernel' 'ours/folder 5'
            for i in $(seq 300); do echo $i > "ours/A long name, number $i"; done
            """;
        VfatKernel.Run(volume, folder, script, readOnly: false);
        Nothing.Wrong("after the kernel again", FsckVfat.Run(volume).Complaints);
    }

    /// <summary>fsck.vfat 4.2 is not asked: it counts the bytes of a chain in 32 bits, and so takes one of 4 GiB for empty.</summary>
    [ToolFact("mkfs.vfat", VfatKernel.Tool, "busybox")]
    public void The_kernel_reads_the_largest_file_that_there_can_be()
    {
        using var folder = new TemporaryFolder();
        HostTool.RunOk("mkfs.vfat", "-F", "32", "-s", "128", "-C", folder["volume"], $"{5L << 20}");
        using (var disk = FileDisk.OpenReadWrite(folder["volume"]))
        {
            var writer = FatWriter.Open(disk);
            var run = Assert.Single(writer.CreateFile("large"u8, new UnixAttributes { Mode = 0x1A4 }, uint.MaxValue));
            disk.Write(run.VolumeOffset + uint.MaxValue - 4, "tail"u8);
            foreach (var _ in writer.Commit())
            {
            }
        }

        VfatKernel.Run(folder["volume"], folder, "test \"$(stat -c %s large)\" = 4294967295; test \"$(tail -c 4 large)\" = tail");
    }

    private static void Write(FatWriter writer, FileDisk disk, string path, string content)
    {
        foreach (var run in writer.CreateFile(Encoding.UTF8.GetBytes(path), new UnixAttributes { Mode = 0x1A4, ModificationTime = new UnixTime(1_700_000_000) }, content.Length))
        {
            var bytes = new byte[run.Length];
            Encoding.ASCII.GetBytes(content, bytes);
            disk.Write(run.VolumeOffset, bytes);
        }
    }
}
