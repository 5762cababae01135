using System.Globalization;

namespace EtchStream.TestKit;

/// <summary>An ext2, ext3 or ext4 file system in an image file, made and judged by e2fsprogs.</summary>
/// <param name="Path">Path of the image file.</param>
/// <param name="Offset">First byte of the file system in it.</param>
/// <param name="Length">Bytes of its partition.</param>
public sealed record Ext4Image(string Path, long Offset, long Length)
{
    /// <summary>The volume as e2fsprogs wants it named.</summary>
    public string Location => Offset == 0 ? Path : string.Create(CultureInfo.InvariantCulture, $"{Path}?offset={Offset}");

    /// <summary>The same volume in another image.</summary>
    public Ext4Image In(string image) => this with { Path = image };

    /// <summary>
    /// Makes a file system with mke2fs. The image is created, sparse, if it does not exist, and made long enough.
    /// UUID and hash seed are fixed.
    /// </summary>
    /// <param name="image">Path of the image file.</param>
    /// <param name="offset">First byte of the partition.</param>
    /// <param name="length">Bytes of the partition.</param>
    /// <param name="arguments">Options of mke2fs, e.g. <c>-t ext3 -b 1024</c>; no offset, no size.</param>
    public static Ext4Image Make(string image, long offset, long length, params string[] arguments)
    {
        using (var file = File.OpenHandle(image, FileMode.OpenOrCreate, FileAccess.ReadWrite))
        {
            if (RandomAccess.GetLength(file) < offset + length) RandomAccess.SetLength(file, offset + length);
        }

        // mke2fs takes only the last -E, so all that is wanted goes into one.
        var extended = new List<string> { "hash_seed=6f1ed2b3-0a4c-4d55-8e66-77a8b9cadbec" };
        if (offset != 0) extended.Add(string.Create(CultureInfo.InvariantCulture, $"offset={offset}"));
        var plain = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "-E") extended.Add(arguments[++i]);
            else plain.Add(arguments[i]);
        }

        var result = HostTool.RunOk("mke2fs", [
            "-q", "-F", "-U", "2a1b3c4d-5e6f-4788-99aa-bbccddeeff00", .. plain, "-E", string.Join(',', extended),
            image, string.Create(CultureInfo.InvariantCulture, $"{length / 1024}k")]);
        if (result.Error.Contains("invalid", StringComparison.OrdinalIgnoreCase)) throw new InvalidOperationException($"{result.CommandLine}: {result.Error}");
        return new Ext4Image(image, offset, length);
    }

    /// <summary>What <c>e2fsck -fn</c> finds wrong, line by line; empty when the file system is clean.</summary>
    public IReadOnlyList<string> Check() => E2fsck.Complaints(HostTool.Run("e2fsck", "-f", "-n", Location));

    /// <summary>What dumpe2fs tells about it.</summary>
    public Ext4Summary Summarize() => Ext4Summary.Parse(HostTool.RunOk("dumpe2fs", Location).Output);

    /// <summary>Runs one debugfs command on it.</summary>
    /// <param name="command">The command, e.g. <c>stat /file</c>.</param>
    /// <param name="write">True to let it change the file system.</param>
    /// <exception cref="InvalidOperationException">debugfs printed an error.</exception>
    public string DebugFs(string command, bool write = false)
    {
        var result = write
            ? HostTool.RunOk("debugfs", "-w", "-R", command, Location)
            : HostTool.RunOk("debugfs", "-R", command, Location);

        // debugfs exits with 0 whatever happens; errors follow its one line of greeting.
        var errors = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("debugfs 1.", StringComparison.Ordinal)).ToArray();
        return errors.Length == 0 ? result.Output : throw new InvalidOperationException($"{result.CommandLine}: {string.Join('\n', errors)}");
    }
}
