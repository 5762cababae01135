using System.Text;

namespace EtchStream.TestKit;

/// <summary>Changes to tar archives that tar does not make. They have to end with two zero blocks and nothing more.</summary>
public static class TarPatch
{
    private const int Block = 512;

    /// <summary>Adds a hard link as the last entry.</summary>
    public static void AppendHardLink(string archive, string name, string target)
    {
        using var file = File.Open(archive, FileMode.Open, FileAccess.ReadWrite);
        CutEnd(file);
        file.Write(Header(name, target));
        file.Write(new byte[2 * Block]);
    }

    /// <summary>Writes the entries of several archives after each other into one.</summary>
    public static void Concatenate(string result, params string[] archives)
    {
        using var output = File.Create(result);
        foreach (var archive in archives)
        {
            using var input = File.OpenRead(archive);
            input.CopyTo(output, 1 << 20);
            CutEnd(output);
        }

        output.Write(new byte[2 * Block]);
    }

    // Takes off the two zero blocks that end an archive. Only these: the content of the last entry may end in zeros as well,
    // which is why archives are made without padding behind the two (--blocking-factor=1).
    private static void CutEnd(FileStream file)
    {
        var end = new byte[2 * Block];
        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        if (end.AsSpan().IndexOfAnyExcept((byte)0) >= 0) throw new IOException($"{file.Name} does not end as an archive does");
        file.SetLength(file.Length - end.Length);
        file.Position = file.Length;
    }

    private static byte[] Header(string name, string target)
    {
        var header = new byte[Block];
        Put(header, 0, name);
        Put(header, 100, "0000644\0" + "0000000\0" + "0000000\0" + "00000000000\0" + "00000000000\0" + "        " + "1");
        Put(header, 157, target);
        Put(header, 257, "ustar\0" + "00");
        var sum = header.Sum(value => value);
        Put(header, 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
        return header;
    }

    private static void Put(byte[] header, int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);
}
