using System.Text;
using EtchStream.Formats.Ext4;
using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>Short forms of what most tests do with a writer.</summary>
internal static class Commits
{
    public static readonly UnixAttributes Plain = new() { Mode = 0x1A4, ModificationTime = new UnixTime(1_700_000_000) };

    public static void Finish(this Ext4Writer writer)
    {
        foreach (var _ in writer.Commit())
        {
        }
    }

    public static void File(this Ext4Writer writer, IBlockWriter disk, string path, byte[] content)
    {
        foreach (var run in writer.CreateFile(Encoding.UTF8.GetBytes(path), Plain, content.Length))
        {
            var data = new byte[run.Length];
            content.AsSpan((int)run.FileOffset, (int)Math.Min(run.Length, content.Length - run.FileOffset)).CopyTo(data);
            disk.Write(run.VolumeOffset, data);
        }
    }

    public static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Content of a file, read back.</summary>
    public static byte[] Read(byte[] image, string path)
    {
        var volume = Ext4Volume.Open(new MemoryDisk(image));
        var inode = volume.Find(path) ?? throw new FileNotFoundException(path);
        var content = new byte[inode.Size];
        volume.ReadFile(inode, 0, content);
        return content;
    }
}
