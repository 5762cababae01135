using EtchStream.Formats.IO;
using EtchStream.Formats.Unix;
using static EtchStream.Formats.Tar.TarHeaderLayout;

namespace EtchStream.Formats.Tar;

// What the blocks mean: each step looks at bytes of _raw that are complete.
public sealed partial class TarReader
{
    private readonly PaxAttributes _global = new();
    private readonly PaxAttributes _pax = new();
    private byte[]? _gnuName;
    private byte[]? _gnuLinkName;
    private int _memberStart;
    private int _extensionStart;
    private int _extensionLength;
    private byte _extensionType;
    private bool _hasExtension;

    private int _headerStart;
    private FileKind _kind;
    private long _stored;
    private long _size;
    private DataRun[]? _runs;
    private byte[] _name = [];

    /// <summary>The error for an archive that is a part of one.</summary>
    internal static UnsupportedFormatException UnsupportedMultiVolume(long position) => new(
        "GNU multi-volume archive",
        $"the tar member at byte {position} continues from or on another volume: join the volumes into one archive first");

    private ReadOnlySpan<byte> HeaderBlock => _raw.AsSpan(_headerStart, BlockSize);

    private long HeaderPosition => _entryOffset + _headerStart;

    private void ResetExtensions()
    {
        DropExtensions();
        _memberStart = 0;
    }

    private void DropExtensions()
    {
        _pax.Reset(_global);
        _gnuName = _gnuLinkName = null;
        _hasExtension = false;
    }

    private bool ProcessStep()
    {
        switch (_step)
        {
            case Step.Extension:
                ApplyExtension();
                _step = Step.Header;
                Want(BlockSize);
                return false;
            case Step.SparseExtension:
                return ProcessSparseExtension();
            case Step.SparseMapBlock:
                return ProcessSparseMapBlock();
            case Step.LinkPeek:
                return ProcessLinkPeek();
            default:
                return ProcessHeader();
        }
    }

    private bool ProcessHeader()
    {
        _headerStart = _rawLength - BlockSize;
        if (_headerStart == 0) _entryOffset = _source.Position - BlockSize;
        var header = HeaderBlock;

        if (header.IndexOfAnyExcept((byte)0) < 0) return ProcessZeroBlock();
        if (_step == Step.SecondZeroBlock) throw CorruptHeader("it follows a lone zero block; two of them end an archive, none may stand within");
        if (!TarChecksum.IsValid(header)) throw CorruptHeader(_headerStart == 0 && _entryOffset == 0 ? "wrong checksum: it is no tar archive, or its beginning is damaged" : "wrong checksum");

        switch (header[TypeFlag])
        {
            case (byte)'x' or (byte)'g' or (byte)'L' or (byte)'K':
                BeginExtension(header);
                return false;
            case (byte)'V':
                SkipVolumeLabel(header);
                return false;
            default:
                return ProcessMember(header);
        }
    }

    private bool ProcessZeroBlock()
    {
        if (_hasExtension) throw CorruptHeader("the archive ends behind an extension header, without the member that it describes");
        if (_step == Step.SecondZeroBlock)
        {
            _step = Step.Ended;
            _headerLength = _rawLength;
            return true;
        }

        _step = Step.SecondZeroBlock;
        Want(BlockSize);
        return false;
    }

    private void BeginExtension(ReadOnlySpan<byte> header)
    {
        _extensionType = header[TypeFlag];

        // Ignored, it counts as a member without meaning, to which what stands before it belongs (so in Go's archive/tar).
        if (_extensionType != 'g') _hasExtension = true;
        else if (IgnoreGlobalHeaders) DropExtensions();
        var size = Field(header, Size, LargeLength, "size");
        if (size < 0) throw CorruptHeader("its size is negative");
        if (_extensionType is (byte)'L' or (byte)'K' && size > TarLimits.MaxNameLength + 1)
        {
            throw CorruptHeader($"a name of {size} bytes is longer than the {TarLimits.MaxNameLength} that are accepted");
        }

        if (size > TarLimits.MaxExtensionBytes - _rawLength)
        {
            throw CorruptHeader($"its {size} bytes make the member's extension headers longer than the {TarLimits.MaxExtensionBytes} bytes that are accepted");
        }

        _extensionStart = _rawLength;
        _extensionLength = (int)size;
        _step = Step.Extension;
        Want(_extensionLength + PaddingOf(size));
    }

    private void ApplyExtension()
    {
        var data = _raw.AsSpan(_extensionStart, _extensionLength);
        var position = _entryOffset + _extensionStart;
        switch (_extensionType)
        {
            case (byte)'x':
                _pax.Apply(data, position, isGlobal: false);
                break;
            case (byte)'g' when IgnoreGlobalHeaders:
                break;
            case (byte)'g':
                _global.Apply(data, position, isGlobal: true);
                _pax.Apply(data, position, isGlobal: true);
                break;
            case (byte)'L':
                _gnuName = UpToNul(data).ToArray();
                break;
            default:
                _gnuLinkName = UpToNul(data).ToArray();
                break;
        }
    }

    private void SkipVolumeLabel(ReadOnlySpan<byte> header)
    {
        if (Field(header, Size, LargeLength, "size") != 0) throw CorruptHeader("a volume label has content");
        if (_rawLength > TarLimits.MaxExtensionBytes) throw CorruptHeader("too many volume labels");
        ResetExtensions();
        _memberStart = _rawLength;
        Want(BlockSize);
    }

    private bool ProcessMember(ReadOnlySpan<byte> header)
    {
        _headerLength = _rawLength;
        var type = header[TypeFlag];
        _kind = KindOf(type);
        _runs = null;
        _stored = _pax.Size ?? Field(header, Size, LargeLength, "size");
        if (_stored < 0) throw CorruptHeader("its size is negative");
        _size = _stored;
        _name = ResolveName(header);
        if (_name.Length == 0) throw CorruptHeader("it has no name");

        if (_kind == FileKind.File && _name.AsSpan().EndsWith("/"u8) && !(FolderSlashNeedsNulType && type != 0))
        {
            // v7 knows no directories: a slash at the name's end marks one.
            _kind = FileKind.Directory;
            if (_stored != 0) throw CorruptHeader("it has the name of a directory and the content of a file");
        }

        if (_kind == FileKind.HardLink && _stored > 0) return ProcessLinkWithSize(header);
        if (_kind != FileKind.File) return FinishEntry(0);
        if (type == 'S') return ProcessOldSparse(header);
        if (_pax.IsSparse1) return BeginSparseMap();
        if (_pax.HasSparseMap || _pax.SparseSize is not null) return ProcessPaxSparse();
        if (_pax.StarRealSize is { } real && real != _stored)
        {
            throw new UnsupportedFormatException(
                "star sparse file",
                $"the tar member at byte {HeaderPosition} is sparse in star's own form: make the archive with GNU tar or bsdtar");
        }

        return FinishEntry(_stored);
    }

    private FileKind KindOf(byte type) => type switch
    {
        (byte)'0' or 0 or (byte)'7' or (byte)'S' => FileKind.File,
        (byte)'1' => FileKind.HardLink,
        (byte)'2' => FileKind.SymbolicLink,
        (byte)'3' => FileKind.CharacterDevice,
        (byte)'4' => FileKind.BlockDevice,
        (byte)'5' => FileKind.Directory,
        (byte)'6' => FileKind.Fifo,
        (byte)'M' => throw UnsupportedMultiVolume(HeaderPosition),
        _ => throw new UnsupportedFormatException(
            "tar member type",
            $"the tar member at byte {HeaderPosition} is of type {(type is > 32 and < 127 ? $"'{(char)type}'" : $"0x{type:x2}")}, which cannot be carried over: make the archive with --format=posix"),
    };

    /// <summary>
    /// A hard link that gives a size: the link target's size for the user's information (POSIX.1-1988, Go's writers), or
    /// the length of content that follows (POSIX.1-2001, "pax -o linkdata"). v7 and GNU never store it; for the others the
    /// block behind the header decides, as libarchive does it: a header or zeros there mean that nothing is stored.
    /// </summary>
    private bool ProcessLinkWithSize(ReadOnlySpan<byte> header)
    {
        if (!IsPosix(header)) return FinishEntry(0);
        _step = Step.LinkPeek;
        Want(BlockSize);
        return false;
    }

    private bool ProcessLinkPeek()
    {
        var block = _raw.AsSpan(_headerLength, BlockSize);
        if (block.IndexOfAnyExcept((byte)0) < 0 || TarChecksum.IsValid(block))
        {
            _hasPeekedHeader = true;
            return FinishEntry(0);
        }

        // Content it is: it is handed out from where it lies, and so is what the block holds of the padding behind it.
        FinishEntry(_stored);
        _peekedStart = _headerLength;
        _peekedLength = (int)Math.Min(_stored, BlockSize);
        _peekedPaddingLength = BlockSize - _peekedLength;
        if (_peekedPaddingLength > 0) _paddingRemaining = 0;
        return true;
    }

    /// <summary>Builds the entry and sets up its content.</summary>
    private bool FinishEntry(long stored)
    {
        var header = HeaderBlock;
        var isDevice = _kind is FileKind.CharacterDevice or FileKind.BlockDevice;
        var isLink = _kind is FileKind.SymbolicLink or FileKind.HardLink;

        _entry = new TarEntry
        {
            Name = _name,
            Kind = _kind,
            LinkName = isLink ? LinkNameBytes(header) : [],
            Mode = (int)(Field(header, Mode, IdLength, "mode") & 0xFFF),
            UserId = _pax.UserId ?? Field(header, UserId, IdLength, "user ID"),
            GroupId = _pax.GroupId ?? Field(header, GroupId, IdLength, "group ID"),
            ModificationTime = _pax.ModificationTime ?? new UnixTime(Field(header, ModificationTime, LargeLength, "modification time")),
            DeviceMajor = isDevice ? Device(_pax.DeviceMajor ?? Field(header, DeviceMajor, DeviceLength, "device major number")) : 0,
            DeviceMinor = isDevice ? Device(_pax.DeviceMinor ?? Field(header, DeviceMinor, DeviceLength, "device minor number")) : 0,
            Size = _kind == FileKind.File ? _size : 0,
            DataRuns = _runs,
            Xattrs = _pax.TakeXattrs(SchilyXattrsOnly),
            AclAccess = _pax.AclAccess,
            AclDefault = _pax.AclDefault,
            HeaderOffset = _entryOffset + _memberStart,
        };
        ContentRemaining = stored;
        _paddingRemaining = PaddingOf(stored);
        return true;
    }

    private uint Device(long number) =>
        number is >= 0 and <= uint.MaxValue ? (uint)number : throw CorruptHeader($"{number} is not a device number");

    private long Field(ReadOnlySpan<byte> header, int offset, int length, string name) =>
        TarNumber.TryParse(header.Slice(offset, length), out var value)
            ? value
            : throw CorruptHeader($"its {name} is not a number of 64 bits");

    private static ReadOnlySpan<byte> UpToNul(ReadOnlySpan<byte> text)
    {
        var nul = text.IndexOf((byte)0);
        return nul < 0 ? text : text[..nul];
    }

    private static bool IsGnu(ReadOnlySpan<byte> header) => header.Slice(Magic, 8).SequenceEqual("ustar  \0"u8);

    private static bool IsPosix(ReadOnlySpan<byte> header) => header.Slice(Magic, 5).SequenceEqual("ustar"u8) && !IsGnu(header);

    /// <summary>The member's name, from the first of: GNU sparse name, PAX path, GNU long name, header with prefix.</summary>
    private byte[] ResolveName(ReadOnlySpan<byte> header)
    {
        if ((_pax.SparseName ?? _pax.Path ?? _gnuName) is { } given) return given;
        var name = UpToNul(header.Slice(Name, NameLength));
        if (header[Prefix] == 0 || !IsPosix(header)) return name.ToArray();

        var isStar = header[StarTrailer..].SequenceEqual("tar\0"u8);
        var prefix = UpToNul(header.Slice(Prefix, isStar ? StarPrefixLength : PrefixLength));
        return [.. prefix, (byte)'/', .. name];
    }

    private byte[] LinkNameBytes(ReadOnlySpan<byte> header)
    {
        var link = _pax.LinkPath ?? _gnuLinkName ?? UpToNul(header.Slice(LinkName, LinkNameLength)).ToArray();
        return link.Length > 0 ? link : throw CorruptHeader("it is a link without a target");
    }

    private CorruptFormatException CorruptHeader(string problem) => new("tar header", HeaderPosition, problem);
}
