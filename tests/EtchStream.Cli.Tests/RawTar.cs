using System.Text;

namespace EtchStream.Cli.Tests;

/// <summary>Writes tar archives header by header, also such as no tar program writes.</summary>
internal sealed class RawTar
{
    private const int Block = 512;

    private readonly MemoryStream _bytes = new();

    public byte[] ToBytes() => [.. _bytes.ToArray(), .. new byte[2 * Block]];

    public RawTar File(string name, byte[] content) => Member('0', Bytes(name), content);

    public RawTar Folder(string name) => Member('5', Bytes(name), []);

    public RawTar SymbolicLink(string name, string target) => Member('2', Bytes(name), [], link: target);

    public RawTar HardLink(string name, string target) => Member('1', Bytes(name), [], link: target);

    /// <summary>A header in front of another, with one record.</summary>
    public RawTar Pax(string key, string value, char type = 'x') => Member(type, "pax"u8, Record(key, value));

    /// <summary>A name that does not fit into a header.</summary>
    public RawTar Long(char type, string text) => Member(type, "././@LongLink"u8, [.. Bytes(text), 0]);

    /// <summary>One member.</summary>
    /// <param name="type">Its type flag.</param>
    /// <param name="name">Its name, up to 100 bytes.</param>
    /// <param name="content">What follows the header.</param>
    /// <param name="size">The size field as it is; null for that of the content.</param>
    /// <param name="link">The link's target.</param>
    /// <param name="change">Changes the header before its checksum is taken.</param>
    public RawTar Member(char type, ReadOnlySpan<byte> name, byte[] content, byte[]? size = null, string link = "", Action<byte[]>? change = null)
    {
        var header = new byte[Block];
        name.CopyTo(header);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        "0000000\0"u8.CopyTo(header.AsSpan(108));
        "0000000\0"u8.CopyTo(header.AsSpan(116));
        (size ?? Octal(content.Length)).CopyTo(header, 124);
        "00000000000\0"u8.CopyTo(header.AsSpan(136));
        header[156] = (byte)type;
        Bytes(link).CopyTo(header, 157);
        "ustar\00000"u8.CopyTo(header.AsSpan(257));
        "0000000\0"u8.CopyTo(header.AsSpan(329));
        "0000000\0"u8.CopyTo(header.AsSpan(337));
        change?.Invoke(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        _bytes.Write(header);
        _bytes.Write(content);
        _bytes.Write(new byte[(Block - (content.Length % Block)) % Block]);
        return this;
    }

    /// <summary>Twelve bytes of a size field.</summary>
    public static byte[] Octal(long value) => Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(11, '0') + "\0");

    /// <summary>A number as GNU tar writes those that do not fit: the first bit, then the number, highest byte first.</summary>
    public static byte[] Base256(params byte[] lastBytes) => [0x80, .. new byte[11 - lastBytes.Length], .. lastBytes];

    /// <summary>A PAX record, whose length counts itself.</summary>
    public static byte[] Record(string key, string value)
    {
        var rest = Bytes($" {key}={value}\n");
        var length = rest.Length + 1;
        while (length != rest.Length + $"{length}".Length) length = rest.Length + $"{length}".Length;
        return [.. Bytes($"{length}"), .. rest];
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
