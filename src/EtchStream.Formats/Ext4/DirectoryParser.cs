using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;
using EtchStream.Formats.Ext4.Layout;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Ext4;

/// <summary>Takes the entries out of directory blocks. A hashed directory's index blocks look like blocks without entries, so one walk serves both kinds.</summary>
internal static class DirectoryParser
{
    /// <summary>File-type byte of the tail that holds a block's checksum.</summary>
    public const byte ChecksumTailType = 0xDE;

    /// <summary>Size of that tail.</summary>
    public const int ChecksumTailSize = 12;

    public delegate void EntrySink(ReadOnlySpan<byte> name, uint inode, byte type);

    /// <summary>Hands every used entry, <c>.</c> and <c>..</c> included, to <paramref name="sink"/>.</summary>
    /// <param name="bytes">A block, or the part of one, filled by entries to its end.</param>
    /// <param name="hasFileTypes">Whether the eighth byte of an entry is its type (else it is the name length's high byte, always 0).</param>
    /// <param name="context">What to name in an error.</param>
    /// <param name="sink">Receives name, inode and type byte (0 = not known).</param>
    public static void Parse(ReadOnlySpan<byte> bytes, bool hasFileTypes, string context, EntrySink sink)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (bytes.Length - at < 8) throw Corrupt(context, at, "an entry is cut off");
            uint inode = MemoryMarshal.Read<LE32>(bytes[at..]);
            var length = DecodeLength(MemoryMarshal.Read<LE16>(bytes[(at + 4)..]), bytes.Length);
            int nameLength = bytes[at + 6];
            if (length < 8 || length % 4 != 0 || length > bytes.Length - at || 8 + nameLength > length)
            {
                throw Corrupt(context, at, $"an entry of {length} bytes with a name of {nameLength} cannot be");
            }

            if (inode != 0)
            {
                var name = bytes.Slice(at + 8, nameLength);
                if (nameLength == 0 || name.IndexOfAny((byte)0, (byte)'/') >= 0) throw Corrupt(context, at, "an entry has an impossible name");
                sink(name, inode, hasFileTypes ? bytes[at + 7] : (byte)0);
            }

            at += length;
        }
    }

    public static FileKind? KindOf(byte type) => type switch
    {
        1 => FileKind.File,
        2 => FileKind.Directory,
        3 => FileKind.CharacterDevice,
        4 => FileKind.BlockDevice,
        5 => FileKind.Fifo,
        6 => FileKind.Socket,
        7 => FileKind.SymbolicLink,
        _ => null,
    };

    public static byte TypeOf(FileKind kind) => kind switch
    {
        FileKind.File => 1,
        FileKind.Directory => 2,
        FileKind.CharacterDevice => 3,
        FileKind.BlockDevice => 4,
        FileKind.Fifo => 5,
        FileKind.Socket => 6,
        FileKind.SymbolicLink => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Entry lengths reach 65536, which 16 bits hold only in this special form.</summary>
    private static int DecodeLength(ushort stored, int blockSize) =>
        blockSize == 65536 && stored is 65535 or 0 ? 65536 : stored;

    private static CorruptFormatException Corrupt(string context, long at, string problem) => new(context, at, problem);
}
