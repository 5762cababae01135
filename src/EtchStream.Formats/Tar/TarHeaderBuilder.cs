using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using EtchStream.Formats.Unix;
using static EtchStream.Formats.Tar.TarHeaderLayout;

namespace EtchStream.Formats.Tar;

/// <summary>
/// Composes all blocks that precede a member's content: a ustar header where it can say everything, else an extended
/// header with just the records that it cannot, and the map of a sparse member. The same entry gives the same bytes
/// always: no clock, no process ID, no names of users go in.
/// </summary>
internal sealed class TarHeaderBuilder
{
    private readonly ArrayBufferWriter<byte> _blocks = new(4096);
    private readonly ArrayBufferWriter<byte> _map = new();
    private readonly PaxRecordBuilder _records = new();

    /// <summary>The blocks of the last <see cref="Build"/>.</summary>
    public ReadOnlyMemory<byte> Blocks => _blocks.WrittenMemory;

    /// <summary>Composes the blocks of one entry.</summary>
    public void Build(TarEntry entry, ReadOnlySpan<byte> name, long contentLength)
    {
        _blocks.ResetWrittenCount();
        _map.ResetWrittenCount();
        _records.Clear();

        if (entry.DataRuns is not null) BuildMap(entry);
        var stored = contentLength + _map.WrittenCount;

        // A sparse member's header gets a stand-in for the name, so that a reader that does not know the form leaves no
        // file of that name that begins with a map.
        var standIn = entry.DataRuns is not null && Ascii.IsValid(name);
        var fits = TrySplit(name, out var prefixLength);
        var place = standIn ? NamePlace.Sparse : PlaceOf(name, fits);
        var linkPlace = PlaceOf(entry.LinkName, entry.LinkName.Length <= LinkNameLength);
        AddRecords(entry, name, stored, place, linkPlace);

        var baseName = BaseNameOf(name);
        if (!_records.Written.IsEmpty) AddExtendedHeader("PaxHeaders/"u8, baseName, 'x', _records.Written);
        if (linkPlace == NamePlace.GnuLong) AddExtendedHeader("././@LongLink"u8, default, 'K', [.. entry.LinkName, 0]);
        if (place == NamePlace.GnuLong) AddExtendedHeader("././@LongLink"u8, default, 'L', [.. name, 0]);

        var header = NewBlock();
        if (standIn) WriteJoined(header.Slice(Name, NameLength), "GNUSparseFile.0/"u8, baseName);
        else if (!fits) name[..NameLength].CopyTo(header);
        else
        {
            name[..Math.Max(prefixLength, 0)].CopyTo(header[Prefix..]);
            name[(prefixLength + 1)..].CopyTo(header);
        }

        var link = entry.LinkName.AsSpan();
        link[..Math.Min(link.Length, LinkNameLength)].CopyTo(header[LinkName..]);
        WriteNumbers(header, entry, stored);
        Seal(header, TypeOf(entry.Kind));
        _blocks.Write(_map.WrittenSpan);
    }

    private enum NamePlace
    {
        /// <summary>In the header, as it is. Readers take the bytes there without conversion, UTF-8 or not.</summary>
        Header,

        /// <summary>In the record <c>path</c> or <c>linkpath</c>, which readers take for UTF-8.</summary>
        Pax,

        /// <summary>
        /// In a GNU L or K header. For long names that are not UTF-8: libarchive cannot convert those from a record, and the
        /// record that POSIX has for this (hdrcharset=BINARY) makes GNU tar complain. These both take as they are.
        /// </summary>
        GnuLong,

        /// <summary>In the record <c>GNU.sparse.name</c>.</summary>
        Sparse,
    }

    private static NamePlace PlaceOf(ReadOnlySpan<byte> name, bool fits) =>
        fits ? NamePlace.Header : Utf8.IsValid(name) ? NamePlace.Pax : NamePlace.GnuLong;

    private void AddRecords(TarEntry entry, ReadOnlySpan<byte> name, long stored, NamePlace place, NamePlace linkPlace)
    {
        if (entry.DataRuns is not null)
        {
            _records.Add("GNU.sparse.major"u8, 1);
            _records.Add("GNU.sparse.minor"u8, 0);
            if (place == NamePlace.Sparse) _records.Add("GNU.sparse.name"u8, name);
            _records.Add("GNU.sparse.realsize"u8, entry.Size);
        }

        if (place == NamePlace.Pax) _records.Add("path"u8, name);
        if (linkPlace == NamePlace.Pax) _records.Add("linkpath"u8, entry.LinkName);
        if (stored > MaxLarge) _records.Add("size"u8, stored);
        if (entry.UserId > MaxSmall) _records.Add("uid"u8, entry.UserId);
        if (entry.GroupId > MaxSmall) _records.Add("gid"u8, entry.GroupId);
        if (!FitsHeader(entry.ModificationTime)) _records.Add("mtime"u8, entry.ModificationTime);
        if (entry.DeviceMajor > MaxSmall) _records.Add("SCHILY.devmajor"u8, entry.DeviceMajor);
        if (entry.DeviceMinor > MaxSmall) _records.Add("SCHILY.devminor"u8, entry.DeviceMinor);
        if (entry.AclAccess is not null) _records.Add("SCHILY.acl.access"u8, entry.AclAccess);
        if (entry.AclDefault is not null) _records.Add("SCHILY.acl.default"u8, entry.AclDefault);
        foreach (var xattr in entry.Xattrs) _records.Add(PaxXattr.SchilyPrefix, xattr.Value, PaxXattr.EncodeName(xattr.Name));
    }

    private void AddExtendedHeader(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> baseName, char type, ReadOnlySpan<byte> data)
    {
        var header = NewBlock();
        WriteJoined(header.Slice(Name, NameLength), folder, baseName);
        TarNumber.WriteOctal(header.Slice(Mode, IdLength), 0x1A4); // 0644
        TarNumber.WriteOctal(header.Slice(UserId, IdLength), 0);
        TarNumber.WriteOctal(header.Slice(GroupId, IdLength), 0);
        TarNumber.WriteOctal(header.Slice(Size, LargeLength), data.Length);
        TarNumber.WriteOctal(header.Slice(ModificationTime, LargeLength), 0);
        Seal(header, type);
        _blocks.Write(data);
        Pad(_blocks);
    }

    private static void WriteNumbers(Span<byte> header, TarEntry entry, long stored)
    {
        // What a record says does not stand here as well: 0 is what fits every field.
        TarNumber.WriteOctal(header.Slice(Mode, IdLength), entry.Mode);
        TarNumber.WriteOctal(header.Slice(UserId, IdLength), entry.UserId > MaxSmall ? 0 : entry.UserId);
        TarNumber.WriteOctal(header.Slice(GroupId, IdLength), entry.GroupId > MaxSmall ? 0 : entry.GroupId);
        TarNumber.WriteOctal(header.Slice(Size, LargeLength), stored > MaxLarge ? 0 : stored);
        TarNumber.WriteOctal(header.Slice(ModificationTime, LargeLength), Math.Clamp(entry.ModificationTime.Seconds, 0, MaxLarge));
        TarNumber.WriteOctal(header.Slice(DeviceMajor, DeviceLength), entry.DeviceMajor > MaxSmall ? 0 : entry.DeviceMajor);
        TarNumber.WriteOctal(header.Slice(DeviceMinor, DeviceLength), entry.DeviceMinor > MaxSmall ? 0 : entry.DeviceMinor);
    }

    /// <summary>The map of GNU sparse 1.0. It closes with an empty stretch at the file's end where a hole is last: GNU tar takes the length from there.</summary>
    private void BuildMap(TarEntry entry)
    {
        var runs = entry.DataRuns!;
        long count = 0, end = 0;
        foreach (var run in runs)
        {
            if (run.Length == 0) continue;
            count++;
            end = run.End;
        }

        var hasTail = end < entry.Size || count == 0;
        AddMapNumber(count + (hasTail ? 1 : 0));
        foreach (var run in runs)
        {
            if (run.Length == 0) continue;
            AddMapNumber(run.Offset);
            AddMapNumber(run.Length);
        }

        if (hasTail)
        {
            AddMapNumber(entry.Size);
            AddMapNumber(0);
        }

        Pad(_map);
    }

    private void AddMapNumber(long number)
    {
        var span = _map.GetSpan(24);
        Utf8Formatter.TryFormat(number, span, out var length);
        span[length] = (byte)'\n';
        _map.Advance(length + 1);
    }

    private Span<byte> NewBlock()
    {
        var span = _blocks.GetSpan(BlockSize)[..BlockSize];
        span.Clear();
        return span;
    }

    private void Seal(Span<byte> header, char type)
    {
        header[TypeFlag] = (byte)type;
        "ustar\000"u8.CopyTo(header[Magic..]);

        // Six digits, NUL, space: as POSIX's own example and every writer since has it.
        var sum = TarChecksum.Compute(header);
        TarNumber.WriteOctal(header.Slice(Checksum, ChecksumLength - 1), sum);
        header[Checksum + ChecksumLength - 1] = (byte)' ';
        _blocks.Advance(BlockSize);
    }

    private static void Pad(ArrayBufferWriter<byte> buffer)
    {
        var padding = PaddingOf(buffer.WrittenCount);
        buffer.GetSpan(Math.Max(padding, 1))[..padding].Clear();
        buffer.Advance(padding);
    }

    private static void WriteJoined(Span<byte> field, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        folder.CopyTo(field);
        var room = field[folder.Length..];
        for (var i = 0; i < Math.Min(room.Length, name.Length); i++)
        {
            // Only a stand-in for old readers: keep it plain.
            room[i] = name[i] is > 32 and < 127 ? name[i] : (byte)'_';
        }
    }

    private static ReadOnlySpan<byte> BaseNameOf(ReadOnlySpan<byte> name)
    {
        name = name.TrimEnd((byte)'/');
        return name[(name.LastIndexOf((byte)'/') + 1)..];
    }

    /// <summary>Finds the slash at which a name divides into prefix (at most 155 bytes) and name (1 to 100 bytes); -1 where it needs no prefix.</summary>
    private static bool TrySplit(ReadOnlySpan<byte> name, out int prefixLength)
    {
        prefixLength = -1;
        if (name.Length <= NameLength) return true;

        // The slash itself is not stored. Not at the end (the name may not be empty), nor at the start (the prefix may not).
        var window = name[..Math.Min(name.Length - 1, PrefixLength + 1)];
        var slash = window.LastIndexOf((byte)'/');
        if (slash <= 0 || name.Length - slash - 1 > NameLength) return false;
        prefixLength = slash;
        return true;
    }

    private static bool FitsHeader(UnixTime time) => time is { Nanoseconds: 0, Seconds: >= 0 and <= MaxLarge };

    private static char TypeOf(FileKind kind) => kind switch
    {
        FileKind.File => '0',
        FileKind.HardLink => '1',
        FileKind.SymbolicLink => '2',
        FileKind.CharacterDevice => '3',
        FileKind.BlockDevice => '4',
        FileKind.Directory => '5',
        FileKind.Fifo => '6',
        _ => throw new UnsupportedFormatException("socket in a tar archive", "a socket cannot be put into a tar archive: leave it out"),
    };
}
