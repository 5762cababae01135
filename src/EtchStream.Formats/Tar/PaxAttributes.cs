using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tar;

/// <summary>
/// What extended headers say about one member. A field is null where no record gives it; a record with an empty value
/// takes back what an earlier or global one said.
/// </summary>
internal sealed class PaxAttributes
{
    private readonly List<Xattr> _schily = [];
    private readonly List<Xattr> _libarchive = [];
    private long _xattrBytes;
    private long? _pendingOffset;
    private long? _sparseMajor;
    private long? _sparseMinor;

    public byte[]? Path { get; private set; }

    public byte[]? LinkPath { get; private set; }

    public long? Size { get; private set; }

    public long? UserId { get; private set; }

    public long? GroupId { get; private set; }

    public UnixTime? ModificationTime { get; private set; }

    public long? DeviceMajor { get; private set; }

    public long? DeviceMinor { get; private set; }

    public byte[]? AclAccess { get; private set; }

    public byte[]? AclDefault { get; private set; }

    /// <summary>star's record of a file's full size.</summary>
    public long? StarRealSize { get; private set; }

    /// <summary>Full size of a sparse file: <c>GNU.sparse.size</c> (0.x) or <c>GNU.sparse.realsize</c> (1.0).</summary>
    public long? SparseSize { get; private set; }

    /// <summary>True name of a sparse member of the forms 0.1 and 1.0.</summary>
    public byte[]? SparseName { get; private set; }

    /// <summary>How many map entries the forms 0.x announce.</summary>
    public long? SparseBlocks { get; private set; }

    /// <summary>True when records of the forms 0.0 or 0.1 gave a map.</summary>
    public bool HasSparseMap { get; private set; }

    /// <summary>The map of the forms 0.0 and 0.1.</summary>
    public SparseMap Map { get; } = new();

    /// <summary>True when the map stands in front of the content (form 1.0).</summary>
    public bool IsSparse1 => _sparseMajor == 1;

    /// <summary>True when anything has been set since <see cref="Clear"/>.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Applies the records of one extended header.</summary>
    /// <param name="data">Its content.</param>
    /// <param name="position">Where that lies in the archive.</param>
    /// <param name="isGlobal">True for a <c>g</c> header, which cannot describe one file's holes.</param>
    public void Apply(ReadOnlySpan<byte> data, long position, bool isGlobal)
    {
        var records = new PaxRecords(data, position);
        while (records.MoveNext())
        {
            IsEmpty = false;
            ApplyRecord(records.Key, records.Value, records.Position, isGlobal);
        }

        if (_pendingOffset is not null) throw SparseMap.Corrupt(position, "an offset is not followed by its length");
        if (_sparseMajor is not (null or 0 or 1) || (IsSparse1 && _sparseMinor is not (null or 0)))
        {
            throw new UnsupportedFormatException(
                "tar sparse format",
                $"the tar member at byte {position} is sparse in GNU format {_sparseMajor}.{_sparseMinor}: only 0.0, 0.1 and 1.0 are known");
        }
    }

    private void ApplyRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long position, bool isGlobal)
    {
        if (key.StartsWith("SCHILY."u8))
        {
            if (key.StartsWith(PaxXattr.SchilyPrefix)) SetXattr(_schily, PaxXattr.DecodeName(key[PaxXattr.SchilyPrefix.Length..]), value, position);
            else if (key.SequenceEqual("SCHILY.acl.access"u8)) AclAccess = Text(value);
            else if (key.SequenceEqual("SCHILY.acl.default"u8)) AclDefault = Text(value);
            else if (key.SequenceEqual("SCHILY.devmajor"u8)) DeviceMajor = Number(key, value, position);
            else if (key.SequenceEqual("SCHILY.devminor"u8)) DeviceMinor = Number(key, value, position);
            else if (key.SequenceEqual("SCHILY.realsize"u8)) StarRealSize = Number(key, value, position);
        }
        else if (key.StartsWith("GNU.sparse."u8))
        {
            if (isGlobal) throw SparseMap.Corrupt(position, "it stands in a global header");
            ApplySparse(key["GNU.sparse."u8.Length..], value, position);
        }
        else if (key.StartsWith("GNU.volume."u8))
        {
            // GNU.volume.label names the archive and changes nothing; the others say that members continue on another volume.
            if (!key.SequenceEqual("GNU.volume.label"u8)) throw TarReader.UnsupportedMultiVolume(position);
        }
        else if (key.SequenceEqual("path"u8)) Path = Name(key, value, position);
        else if (key.SequenceEqual("linkpath"u8)) LinkPath = Name(key, value, position);
        else if (key.SequenceEqual("mtime"u8)) ModificationTime = Time(key, value, position);
        else if (key.SequenceEqual("size"u8)) Size = Number(key, value, position);
        else if (key.SequenceEqual("uid"u8)) UserId = Number(key, value, position);
        else if (key.SequenceEqual("gid"u8)) GroupId = Number(key, value, position);
        else if (key.StartsWith(PaxXattr.LibarchivePrefix)) SetLibarchiveXattr(key[PaxXattr.LibarchivePrefix.Length..], value, position);
        else if (key.SequenceEqual("RHT.security.selinux"u8)) SetSelinuxLabel(value, position);

        // Everything else (atime, ctime, uname, gname, comment, hdrcharset: names are bytes here, NFSv4 ACLs and file flags
        // that Linux does not have) changes nothing that this library carries over.
    }

    private void ApplySparse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long position)
    {
        if (key.SequenceEqual("offset"u8)) _pendingOffset = Number(key, value, position) ?? throw SparseMap.Corrupt(position, "an offset is empty");
        else if (key.SequenceEqual("numbytes"u8))
        {
            Map.Add(
                _pendingOffset ?? throw SparseMap.Corrupt(position, "a length has no offset before it"),
                Number(key, value, position) ?? throw SparseMap.Corrupt(position, "a length is empty"),
                position);
            _pendingOffset = null;
            HasSparseMap = true;
        }
        else if (key.SequenceEqual("map"u8)) ApplySparseMap(value, position);
        else if (key.SequenceEqual("size"u8) || key.SequenceEqual("realsize"u8)) SparseSize = Number(key, value, position);
        else if (key.SequenceEqual("name"u8)) SparseName = Name(key, value, position);
        else if (key.SequenceEqual("numblocks"u8)) SparseBlocks = Number(key, value, position);
        else if (key.SequenceEqual("major"u8)) _sparseMajor = Number(key, value, position);
        else if (key.SequenceEqual("minor"u8)) _sparseMinor = Number(key, value, position);
    }

    private void ApplySparseMap(ReadOnlySpan<byte> value, long position)
    {
        HasSparseMap = true;
        Map.Clear();
        while (!value.IsEmpty)
        {
            var offset = NextInMap(ref value, position);
            if (value.IsEmpty) throw SparseMap.Corrupt(position, "an offset is not followed by its length");
            Map.Add(offset, NextInMap(ref value, position), position);
        }
    }

    private static long NextInMap(ref ReadOnlySpan<byte> value, long position)
    {
        var comma = value.IndexOf((byte)',');
        var text = comma < 0 ? value : value[..comma];
        value = comma < 0 ? default : value[(comma + 1)..];
        if (comma >= 0 && value.IsEmpty) throw SparseMap.Corrupt(position, "it ends in a comma");
        return PaxNumber.TryParse(text, out var number) ? number : throw SparseMap.Corrupt(position, "an entry is not a number");
    }

    private void SetLibarchiveXattr(ReadOnlySpan<byte> encodedName, ReadOnlySpan<byte> encodedValue, long position)
    {
        var name = PaxXattr.DecodeUrl(encodedName) ?? throw Corrupt(position, "the name of a LIBARCHIVE.xattr record is not URL-encoded");
        var value = PaxXattr.DecodeBase64(encodedValue) ?? throw Corrupt(position, "the value of a LIBARCHIVE.xattr record is not base64");
        SetXattr(_libarchive, name, value, position);
    }

    private void SetSelinuxLabel(ReadOnlySpan<byte> value, long position)
    {
        // GNU tar leaves out the NUL that the kernel keeps at the label's end. Treated as second choice, like LIBARCHIVE.xattr.
        if (!value.IsEmpty) SetXattr(_libarchive, "security.selinux"u8.ToArray(), [.. value, 0], position);
    }

    private void SetXattr(List<Xattr> list, byte[] name, ReadOnlySpan<byte> value, long position)
    {
        if (name.Length == 0 || name.AsSpan().Contains((byte)0)) throw Corrupt(position, "an extended attribute has no name or a NUL in it");

        // An empty value is a value here: attributes may be empty, and GNU tar and libarchive write them so.
        var xattr = new Xattr(name, value.ToArray());
        _xattrBytes += value.Length;
        for (var i = 0; i < list.Count; i++)
        {
            if (!list[i].Name.AsSpan().SequenceEqual(name)) continue;
            _xattrBytes -= list[i].Value.Length;
            list[i] = xattr;
            return;
        }

        // Looked up one by one, which the limit keeps cheap. Global headers add up, hence the limit on the bytes as well.
        if (list.Count == TarLimits.MaxXattrs) throw Corrupt(position, $"a member has more than {TarLimits.MaxXattrs} extended attributes");
        if (_xattrBytes > TarLimits.MaxExtensionBytes) throw Corrupt(position, $"a member has more than {TarLimits.MaxExtensionBytes} bytes of extended attributes");
        list.Add(xattr);
    }

    /// <summary>The member's attributes: <c>SCHILY.xattr</c> first, then, if wanted, what only <c>LIBARCHIVE.xattr</c> gives.</summary>
    public Xattr[] TakeXattrs(bool schilyOnly)
    {
        if (_libarchive.Count == 0 || schilyOnly) return _schily.Count == 0 ? [] : [.. _schily];
        var all = new List<Xattr>(_schily);
        foreach (var xattr in _libarchive)
        {
            if (!_schily.Exists(known => known.Name.AsSpan().SequenceEqual(xattr.Name))) all.Add(xattr);
        }

        return [.. all];
    }

    /// <summary>Forgets everything and starts from the global headers' values.</summary>
    public void Reset(PaxAttributes global)
    {
        if (!IsEmpty) Clear();
        if (global.IsEmpty) return;
        IsEmpty = false;
        Path = global.Path;
        LinkPath = global.LinkPath;
        Size = global.Size;
        UserId = global.UserId;
        GroupId = global.GroupId;
        ModificationTime = global.ModificationTime;
        DeviceMajor = global.DeviceMajor;
        DeviceMinor = global.DeviceMinor;
        AclAccess = global.AclAccess;
        AclDefault = global.AclDefault;
        StarRealSize = global.StarRealSize;
        _schily.AddRange(global._schily);
        _libarchive.AddRange(global._libarchive);
        _xattrBytes = global._xattrBytes;
    }

    private void Clear()
    {
        Path = LinkPath = AclAccess = AclDefault = SparseName = null;
        Size = UserId = GroupId = DeviceMajor = DeviceMinor = StarRealSize = SparseSize = SparseBlocks = null;
        _pendingOffset = _sparseMajor = _sparseMinor = null;
        ModificationTime = null;
        HasSparseMap = false;
        Map.Clear();
        _schily.Clear();
        _libarchive.Clear();
        _xattrBytes = 0;
        IsEmpty = true;
    }

    private static byte[]? Text(ReadOnlySpan<byte> value) => value.IsEmpty ? null : value.ToArray();

    private static byte[]? Name(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long position)
    {
        if (value.IsEmpty) return null;
        if (value.Length > TarLimits.MaxNameLength) throw Corrupt(position, $"{Ascii(key)} is longer than {TarLimits.MaxNameLength} bytes");
        if (value.Contains((byte)0)) throw Corrupt(position, $"{Ascii(key)} has a NUL in it, which no file name can");
        return value.ToArray();
    }

    private static long? Number(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long position)
    {
        if (value.IsEmpty) return null;
        return PaxNumber.TryParse(value, out var number) ? number : throw Corrupt(position, $"{Ascii(key)} is not a number of 64 bits");
    }

    private static UnixTime? Time(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long position)
    {
        if (value.IsEmpty) return null;
        return PaxNumber.TryParseTime(value, out var time) ? time : throw Corrupt(position, $"{Ascii(key)} is not a time");
    }

    private static string Ascii(ReadOnlySpan<byte> key) => System.Text.Encoding.ASCII.GetString(key);

    private static CorruptFormatException Corrupt(long position, string problem) => new("tar extended header record", position, problem);
}
