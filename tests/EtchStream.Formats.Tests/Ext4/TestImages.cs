using System.Buffers.Binary;
using EtchStream.Formats.Ext4;
using EtchStream.TestKit;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>File systems made by mke2fs, the same bytes in every run, held in memory.</summary>
internal static class TestImages
{
    private static readonly Dictionary<string, string> SameEveryTime = new(StringComparer.Ordinal) { ["E2FSPROGS_FAKE_TIME"] = "1700000000" };

    /// <param name="options">Options of mke2fs, apart by blanks.</param>
    /// <param name="size">Size as mke2fs takes it, e.g. 8M.</param>
    public static byte[] Make(string options, string size)
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["-q", "-F", "-U", "6c1f7bb8-0d4c-4b4f-9a42-3f0a5a1d0c01", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), folder["image"], size];
        if (!options.Contains("-E ", StringComparison.Ordinal)) arguments = ["-E", "hash_seed=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", .. arguments];
        HostTool.Run(new HostToolCall("mke2fs", arguments) { Environment = SameEveryTime }).Succeeded();
        return File.ReadAllBytes(folder["image"]);
    }

    /// <summary>Runs commands of debugfs on an image, writing into it.</summary>
    public static byte[] Debugfs(byte[] image, params string[] commands)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], image);
        File.WriteAllLines(folder["script"], commands);
        HostTool.Run(new HostToolCall("debugfs", "-w", "-f", folder["script"], folder["image"]) { Environment = SameEveryTime }).Succeeded();
        return File.ReadAllBytes(folder["image"]);
    }

    /// <summary>Changes the primary superblock and makes its checksum right where it has one.</summary>
    public static byte[] Patch(byte[] image, int at, Func<uint, uint> change)
    {
        var copy = (byte[])image.Clone();
        var raw = copy.AsSpan(1024, 1024);
        BinaryPrimitives.WriteUInt32LittleEndian(raw[at..], change(BinaryPrimitives.ReadUInt32LittleEndian(raw[at..])));
        Seal(copy);
        return copy;
    }

    public static void Seal(Span<byte> image)
    {
        var raw = image.Slice(1024, 1024);
        if ((raw[0x65] & 4) != 0) BinaryPrimitives.WriteUInt32LittleEndian(raw[0x3FC..], Crc32c.Append(uint.MaxValue, raw[..0x3FC]));
    }

    /// <summary>What e2fsck says beyond its passes; empty for a clean file system.</summary>
    public static IReadOnlyList<string> Complaints(byte[] image)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["image"], image);
        return E2fsck.Complaints(HostTool.Run("e2fsck", "-fn", folder["image"]));
    }
}
