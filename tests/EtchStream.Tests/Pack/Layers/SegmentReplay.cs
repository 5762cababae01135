using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using EtchStream.Engine;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Pack.Layers;

namespace EtchStream.Tests.Pack.Layers;

/// <summary>Reads a layer's segment back, and puts the layer's tar together from it as an engine does for a save.</summary>
internal sealed class SegmentReplay
{
    private SegmentReplay(string root, string cacheId, string chainHex)
    {
        Diff = new LayerModel($"{root}/overlay2/{cacheId}/diff");
        Database = $"{root}/image/overlay2/layerdb/sha256/{chainHex}";
    }

    /// <summary>The layer's files.</summary>
    public LayerModel Diff { get; }

    /// <summary>The folder of the layer's entry in the engine's database.</summary>
    public string Database { get; }

    /// <summary>All members, in order.</summary>
    public List<(TarEntry Entry, byte[] Content)> Members { get; } = [];

    /// <summary>The records of tar-split, without their line ends.</summary>
    public string[] Records => Encoding.UTF8.GetString(Gunzip(Content($"{Database}/tar-split.json.gz"))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads a segment.</summary>
    /// <param name="segment">Its bytes.</param>
    /// <param name="root">The members' names up to the engine's data root.</param>
    /// <param name="cacheId">The layer's folder.</param>
    /// <param name="chainHex">The layer's entry in the database.</param>
    public static async Task<SegmentReplay> ReadAsync(byte[] segment, string root, string cacheId, string chainHex)
    {
        var replay = new SegmentReplay(root, cacheId, chainHex);
        await using var source = new StreamByteSource(new MemoryStream(segment));
        var tar = new TarReader(source) { AllowMissingEnd = true };
        while (await tar.ReadEntryAsync() is { } entry)
        {
            using var content = new MemoryStream();
            while (await tar.ReadContentAsync() is { IsEmpty: false } window) content.Write(window.Span);
            var name = Encoding.UTF8.GetString(entry.Name).TrimEnd('/');
            var member = new TarEntry
            {
                Name = Encoding.UTF8.GetBytes(name), Kind = entry.Kind, LinkName = entry.LinkName, Mode = entry.Mode, UserId = entry.UserId, GroupId = entry.GroupId, ModificationTime = entry.ModificationTime,
                DeviceMajor = entry.DeviceMajor, DeviceMinor = entry.DeviceMinor, Size = entry.Size, DataRuns = entry.DataRuns, Xattrs = entry.Xattrs,
            };
            replay.Members.Add((member, content.ToArray()));
            if (name.Contains($"/{cacheId}/diff", StringComparison.Ordinal)) replay.Diff.Put(member, content.ToArray());
        }

        return replay;
    }

    /// <summary>A member's content.</summary>
    public byte[] Content(string name) => Members.Single(m => Encoding.UTF8.GetString(m.Entry.Name) == name).Content;

    /// <summary>The layer's tar.</summary>
    /// <param name="open">Gives a file's content by its name in tar-split; null for that of <see cref="Diff"/>.</param>
    public byte[] Rebuild(Func<string, byte[]>? open = null)
    {
        using var tar = new MemoryStream();
        var position = 0;
        foreach (var line in Records)
        {
            using var json = JsonDocument.Parse(line);
            var record = json.RootElement;
            if (record.GetProperty("position").GetInt32() != position++) throw new InvalidOperationException($"out of order: {line}");
            if (record.GetProperty("type").GetInt32() == 2) tar.Write(record.GetProperty("payload").GetBytesFromBase64());
            else if (record.TryGetProperty("size", out var size)) tar.Write(Checked(record, size.GetInt64(), open ?? Diff.Content));
        }

        return tar.ToArray();
    }

    private static byte[] Checked(JsonElement record, long size, Func<string, byte[]> open)
    {
        var content = open(record.GetProperty("name").GetString()!);
        var crc = BinaryPrimitives.ReadUInt64BigEndian(record.GetProperty("payload").GetBytesFromBase64());
        return content.Length == size && Crc64.Compute(content) == crc ? content : throw new InvalidOperationException($"another content than recorded: {record}");
    }

    private static byte[] Gunzip(byte[] content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress)) gzip.CopyTo(result);
        return result.ToArray();
    }
}
