using System.Globalization;
using System.Text;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using Xunit;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>One member as it was read: entry, content and the raw bytes around it.</summary>
internal sealed record ReadMember(TarEntry Entry, byte[] Content, byte[] RawHeader, byte[] RawPadding);

/// <summary>Reads whole archives and writes entries down as text, so that two of them can be compared.</summary>
internal static class TarDump
{
    public static Task<List<ReadMember>> ReadAsync(byte[] archive, int chunk = 4096) => ReadAsync(new ChunkedSource(archive, chunk), archive);

    /// <summary>Reads everything, and holds the reader to this: the raw pieces it gives, put together, are the archive.</summary>
    public static Task<List<ReadMember>> ReadAsync(ByteSource source, byte[]? archive = null) => ReadAsync(new TarReader(source), archive);

    /// <summary>The same with a reader of one's own.</summary>
    public static async Task<List<ReadMember>> ReadAsync(TarReader reader, byte[]? archive)
    {
        var members = new List<ReadMember>();
        var rebuilt = new MemoryStream();
        while (await reader.ReadEntryAsync() is { } entry)
        {
            var header = reader.RawHeader.ToArray();
            var padding = reader.RawPadding.ToArray();
            rebuilt.Write(padding);
            Assert.InRange(padding.Length, 0, 511);
            Assert.InRange(entry.HeaderOffset, rebuilt.Position, rebuilt.Position + header.Length - 512);
            rebuilt.Write(header);
            var content = new MemoryStream();
            var announced = reader.ContentRemaining;
            for (var window = await reader.ReadContentAsync(); !window.IsEmpty; window = await reader.ReadContentAsync()) content.Write(window.Span);
            Assert.Equal(announced, content.Length);
            rebuilt.Write(content.ToArray());
            members.Add(new ReadMember(entry, content.ToArray(), header, padding));
        }

        rebuilt.Write(reader.RawPadding.Span);
        rebuilt.Write(reader.RawHeader.Span);
        if (archive is not null) Assert.True(archive.AsSpan(0, (int)rebuilt.Length).SequenceEqual(rebuilt.ToArray()), "the raw pieces are not the archive");
        var rest = await reader.DrainAsync();
        if (archive is not null) Assert.Equal(archive.Length - rebuilt.Length, rest);
        Assert.Null(await reader.ReadEntryAsync());
        return members;
    }

    public static async Task<byte[]> WriteAsync(IEnumerable<(TarEntry Entry, byte[] Content)> members)
    {
        var output = new MemoryStream();
        await using var writer = new TarWriter(output, leaveOpen: true);
        foreach (var (entry, content) in members)
        {
            await writer.WriteEntryAsync(entry);
            await writer.WriteContentAsync(content);
        }

        await writer.FinishAsync();
        Assert.Equal(output.Length, writer.Position);
        return output.ToArray();
    }

    public static async Task<byte[]> WriteAsync(TarEntry entry, byte[]? content = null) => await WriteAsync([(entry, content ?? [])]);

    /// <summary>Everything that an entry says, one field a line, without its place in the archive.</summary>
    public static string Describe(TarEntry entry)
    {
        var text = new StringBuilder();
        text.Append("name ").AppendLine(Latin1(entry.Name));
        text.Append("kind ").AppendLine(entry.Kind.ToString());
        if (entry.LinkName.Length > 0) text.Append("link ").AppendLine(Latin1(entry.LinkName));
        text.AppendLine(CultureInfo.InvariantCulture, $"mode {Convert.ToString(entry.Mode, 8)} owner {entry.UserId}:{entry.GroupId}");
        text.AppendLine(CultureInfo.InvariantCulture, $"time {entry.ModificationTime.Seconds}.{entry.ModificationTime.Nanoseconds:D9}");
        text.AppendLine(CultureInfo.InvariantCulture, $"device {entry.DeviceMajor}:{entry.DeviceMinor} size {entry.Size}");
        if (entry.DataRuns is not null) text.Append("runs ").AppendJoin(' ', entry.DataRuns.Select(run => $"{run.Offset}+{run.Length}")).AppendLine();
        foreach (var xattr in entry.Xattrs) text.Append("xattr ").Append(Latin1(xattr.Name)).Append('=').AppendLine(Convert.ToHexString(xattr.Value));
        if (entry.AclAccess is not null) text.Append("acl ").AppendLine(Latin1(entry.AclAccess));
        if (entry.AclDefault is not null) text.Append("default acl ").AppendLine(Latin1(entry.AclDefault));
        return text.ToString();
    }

    /// <summary>Text for bytes, one character each.</summary>
    public static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Bytes for text, one each.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static TarEntry File(string name, long size = 0, IReadOnlyList<DataRun>? runs = null) =>
        new() { Name = Bytes(name), Kind = FileKind.File, Mode = 0x1A4, Size = size, DataRuns = runs };
}
