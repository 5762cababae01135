using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EtchStream.TestKit.Engine;

/// <summary>The fields of one tar header.</summary>
public sealed record LayerEntry
{
    /// <summary>A regular file's header, unless told otherwise.</summary>
    public LayerEntry(string name) => Name = Encoding.UTF8.GetBytes(name);

    /// <summary>The same for a name that is not text.</summary>
    public LayerEntry(byte[] name) => Name = name;

    /// <summary>Name, at most 100 bytes.</summary>
    public byte[] Name { get; init; }

    /// <summary>Type flag.</summary>
    public char Type { get; init; } = '0';

    /// <summary>Mode as it is read, e.g. 4755.</summary>
    public int Mode { get; init; } = 644;

    /// <summary>Owner; base-256 where octal does not hold it.</summary>
    public long User { get; init; }

    /// <summary>Group.</summary>
    public long Group { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long Time { get; init; } = LayerTar.Time;

    /// <summary>The size field where it is not the content's length.</summary>
    public long? Size { get; init; }

    /// <summary>Link target, as text.</summary>
    public string Link { get; init; } = "";

    /// <summary>Link target that is not text.</summary>
    public byte[]? LinkBytes { get; init; }

    /// <summary>Magic and version.</summary>
    public string Magic { get; init; } = "ustar\000";

    /// <summary>The prefix field.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>User and group name.</summary>
    public string OwnerName { get; init; } = "";

    /// <summary>Major device number.</summary>
    public int Major { get; init; }

    /// <summary>Minor device number.</summary>
    public int Minor { get; init; }

    internal byte[] ToBlock(long size)
    {
        var block = new byte[512];
        Put(block, 0, Name.AsSpan(0, Math.Min(100, Name.Length)));
        PutNumber(block.AsSpan(100, 8), Convert.ToInt64(Mode.ToString(CultureInfo.InvariantCulture), 8));
        PutNumber(block.AsSpan(108, 8), User);
        PutNumber(block.AsSpan(116, 8), Group);
        PutNumber(block.AsSpan(124, 12), size);
        PutNumber(block.AsSpan(136, 12), Time);
        block[156] = (byte)Type;
        Put(block, 157, LinkBytes ?? Encoding.UTF8.GetBytes(Link));
        Put(block, 257, Encoding.ASCII.GetBytes(Magic));
        Put(block, 265, Encoding.ASCII.GetBytes(OwnerName));
        Put(block, 297, Encoding.ASCII.GetBytes(OwnerName));
        PutNumber(block.AsSpan(329, 8), Major);
        PutNumber(block.AsSpan(337, 8), Minor);
        Put(block, 345, Encoding.ASCII.GetBytes(Prefix));
        block.AsSpan(148, 8).Fill((byte)' ');
        Put(block, 148, Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(value => value), 8).PadLeft(6, '0') + "\0 "));
        return block;
    }

    private static void Put(byte[] block, int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(block.AsSpan(at));

    // Octal with a zero byte, or GNU's base-256 form where that has too few digits.
    private static void PutNumber(Span<byte> field, long value)
    {
        var digits = field.Length - 1;
        if (value >= 0 && value < 1L << (3 * digits))
        {
            Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(digits, '0')).CopyTo(field);
            return;
        }

        field.Fill(value < 0 ? (byte)0xff : (byte)0);
        if (field.Length >= 8) BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
        field[0] |= 0x80;
    }
}
