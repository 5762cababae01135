using System.Globalization;
using System.Text;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Puts archives together block by block, right ones and wrong ones, without the writer that is under test.</summary>
internal sealed class RawTar
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Where the next block will lie.</summary>
    public long Position => _bytes.Length;

    public static string Octal(long value, int digits = 11) => Convert.ToString(value, 8).PadLeft(digits, '0');

    /// <summary>Adds a header block; <paramref name="edit"/> changes it before the checksum is made.</summary>
    public RawTar Header(string name, char type, long size = 0, string magic = "ustar\000", Action<byte[]>? edit = null, string link = "")
    {
        var block = new byte[512];
        Put(block, 0, name);
        Put(block, 100, "0000644\0");
        Put(block, 108, "0001750\0");
        Put(block, 116, "0000144\0");
        Put(block, 124, Octal(size));
        Put(block, 136, Octal(1_700_000_000));
        block[156] = (byte)type;
        Put(block, 157, link);
        Put(block, 257, magic);
        edit?.Invoke(block);
        Seal(block);
        _bytes.Write(block);
        return this;
    }

    /// <summary>Adds content, filled up to a whole block.</summary>
    public RawTar Content(ReadOnlySpan<byte> content)
    {
        _bytes.Write(content);
        _bytes.Write(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    public RawTar Content(string content) => Content(TarDump.Bytes(content));

    /// <summary>Adds an extended header with these records (or with raw data).</summary>
    public RawTar Pax(params (string Key, string Value)[] records) => PaxData(string.Concat(records.Select(r => Record(r.Key, r.Value))));

    public RawTar PaxData(string data, char type = 'x') => Header("PaxHeaders/x", type, data.Length).Content(data);

    /// <summary>A record with the length that belongs to it.</summary>
    public static string Record(string key, string value)
    {
        var body = key.Length + value.Length + 3;
        var length = body + 1;
        while (length != body + length.ToString(CultureInfo.InvariantCulture).Length) length = body + length.ToString(CultureInfo.InvariantCulture).Length;
        return string.Create(CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
    }

    /// <summary>Adds the two zero blocks.</summary>
    public byte[] End() => Content(new byte[1024]).ToArray();

    public byte[] ToArray() => _bytes.ToArray();

    public static void Put(byte[] block, int offset, string text) => Encoding.Latin1.GetBytes(text).CopyTo(block, offset);

    public static void Seal(Span<byte> block, bool signed = false)
    {
        block.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in block) sum += signed ? (sbyte)b : b;
        Encoding.ASCII.GetBytes(Octal(sum, 6) + "\0 ").CopyTo(block[148..]);
    }
}
