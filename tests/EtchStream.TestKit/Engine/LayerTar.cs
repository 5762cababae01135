using System.Globalization;
using System.Text;

namespace EtchStream.TestKit.Engine;

/// <summary>
/// Writes layer tars entry by entry, right ones and odd ones, byte for byte as told and without the project's own writer.
/// Text is written as UTF-8; modes are given as they are read, e.g. 4755.
/// </summary>
public sealed class LayerTar
{
    /// <summary>The time of entries that are given no other.</summary>
    public const long Time = 1_700_000_000;

    private const int Block = 512;
    private readonly MemoryStream _bytes = new();

    /// <summary>Adds a regular file.</summary>
    public LayerTar File(string name, string content = "", int mode = 644, long user = 0, long group = 0, long time = Time) =>
        Entry(new LayerEntry(name) { Mode = mode, User = user, Group = group, Time = time }, Encoding.UTF8.GetBytes(content));

    /// <summary>Adds a folder.</summary>
    public LayerTar Folder(string name, int mode = 755, long user = 0, long group = 0, long time = Time) =>
        Entry(new LayerEntry(name) { Type = '5', Mode = mode, User = user, Group = group, Time = time });

    /// <summary>Adds a symbolic link.</summary>
    public LayerTar Symlink(string name, string target, long user = 0, long group = 0, long time = Time) =>
        Entry(new LayerEntry(name) { Type = '2', Link = target, Mode = 777, User = user, Group = group, Time = time });

    /// <summary>Adds a hard link.</summary>
    public LayerTar Link(string name, string target, int mode = 644, long user = 0, long group = 0, long time = Time) =>
        Entry(new LayerEntry(name) { Type = '1', Link = target, Mode = mode, User = user, Group = group, Time = time });

    /// <summary>Adds a device node (type 3: character, 4: block) or a FIFO (6).</summary>
    public LayerTar Node(string name, char type, int major = 0, int minor = 0, int mode = 644, long user = 0, long time = Time) =>
        Entry(new LayerEntry(name) { Type = type, Major = major, Minor = minor, Mode = mode, User = user, Time = time });

    /// <summary>Adds an extended header for the next entry.</summary>
    public LayerTar Pax(params (string Key, byte[] Value)[] records) => Records('x', "PaxHeaders.0/x", records);

    /// <summary>Adds an extended header for the next entry.</summary>
    public LayerTar Pax(string key, string value) => Pax((key, Encoding.UTF8.GetBytes(value)));

    /// <summary>Adds an extended header that gives the next entry an extended attribute.</summary>
    public LayerTar Xattr(string name, byte[] value) => Pax(($"SCHILY.xattr.{name}", value));

    /// <summary>Adds an extended attribute whose value is text.</summary>
    public LayerTar Xattr(string name, string value) => Xattr(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds a global extended header.</summary>
    public LayerTar Global(string name, string key, string value) => Records('g', name, [(key, Encoding.UTF8.GetBytes(value))]);

    /// <summary>Adds an entry with all its fields, and content up to a whole block.</summary>
    public LayerTar Entry(LayerEntry entry, ReadOnlySpan<byte> content = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _bytes.Write(entry.ToBlock(entry.Size ?? content.Length));
        _bytes.Write(content);
        return Raw(new byte[(Block - (content.Length % Block)) % Block]);
    }

    /// <summary>Adds bytes as they are.</summary>
    public LayerTar Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Adds zero bytes.</summary>
    public LayerTar Zeros(int count) => Raw(new byte[count]);

    /// <summary>The archive, ended by two zero blocks.</summary>
    public byte[] End() => Zeros(2 * Block).ToArray();

    /// <summary>The archive as it is.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    private LayerTar Records(char type, string name, (string Key, byte[] Value)[] records)
    {
        byte[] data = [.. records.SelectMany(record => Record(record.Key, record.Value))];
        return Entry(new LayerEntry(name) { Type = type }, data);
    }

    private static byte[] Record(string key, byte[] value)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($" {key}="), .. value, (byte)'\n'];
        var length = body.Length;
        while (length != body.Length + length.ToString(CultureInfo.InvariantCulture).Length)
            length = body.Length + length.ToString(CultureInfo.InvariantCulture).Length;
        return [.. Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)), .. body];
    }
}
