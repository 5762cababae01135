using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtchStream.TestKit.Engine;

/// <summary>One record of a tar-split file.</summary>
/// <param name="Line">Its JSON as it stands in the file.</param>
/// <param name="Position">Its number.</param>
/// <param name="Segment">Raw bytes; null for the record of a file.</param>
/// <param name="Name">The file's name in the tar, null for a segment.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Checksum">CRC-64 of the content; null where there is none.</param>
public sealed record TarSplitRecord(string Line, long Position, byte[]? Segment, byte[]? Name, long Size, byte[]? Checksum);

/// <summary>A <c>tar-split.json.gz</c>, read with nothing of the project's own.</summary>
public sealed class TarSplit
{
    private TarSplit(IReadOnlyList<TarSplitRecord> records) => Records = records;

    /// <summary>The records in their order.</summary>
    public IReadOnlyList<TarSplitRecord> Records { get; }

    /// <summary>The names of all entries, cleaned (see <see cref="UnixPath.Clean"/>): absolute ones begin with a slash.</summary>
    public IEnumerable<byte[]> Names => Records.Where(record => record.Name is not null).Select(record => UnixPath.Clean(record.Name));

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is not gzip of such JSON lines.</exception>
    public static TarSplit Read(string file)
    {
        try
        {
            using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            gzip.CopyTo(bytes);
            var text = Encoding.UTF8.GetString(bytes.ToArray());
            if (!text.EndsWith('\n')) throw new FormatException($"{file}: the last line does not end");
            return new TarSplit([.. text[..^1].Split('\n').Select(Parse)]);
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException($"{file}: {error.Message}", error);
        }
    }

    /// <summary>
    /// The lines up to the last file's, as they are, then one line for all that follows: where the engine cuts the end of the archive
    /// depends on how the bytes reached it.
    /// </summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var last = Records.Count - 1;
            while (last >= 0 && Records[last].Segment is not null) last--;
            byte[] tail = [.. Records.Skip(last + 1).SelectMany(record => record.Segment!)];
            var lines = Records.Take(last + 1).Select(record => record.Line).ToList();
            lines.Add($"tail of {tail.Length} bytes, SHA-256 {Hash(tail)}");
            lines.AddRange(Records.Where((record, i) => record.Position != i).Select(record => $"position {record.Position} is out of order"));
            return lines;
        }
    }

    /// <summary>What every right tar-split of a tar has: files with content, and between them the joined segments.</summary>
    public IReadOnlyList<string> NormalForm
    {
        get
        {
            var lines = new List<string>();
            var segment = new List<byte>();
            foreach (var record in Records)
            {
                if (record.Segment is not null) segment.AddRange(record.Segment);
                if (record.Size == 0) continue;
                lines.Add($"{segment.Count} bytes, SHA-256 {Hash([.. segment])}");
                segment.Clear();
                lines.Add($"file {TreeText.Show(record.Name)}, {record.Size} bytes, CRC {Convert.ToHexStringLower(record.Checksum ?? [])}");
            }

            lines.Add($"{segment.Count} bytes, SHA-256 {Hash([.. segment])}");
            return lines;
        }
    }

    private static TarSplitRecord Parse(string line)
    {
        var json = JsonNode.Parse(line)!;
        var payload = (string?)json["payload"];
        var bytes = payload is null ? null : Convert.FromBase64String(payload);
        var position = (long)json["position"]!;
        if ((int)json["type"]! == 2) return new TarSplitRecord(line, position, bytes ?? [], null, 0, null);
        var raw = (string?)json["name_raw"];
        var name = raw is not null ? Convert.FromBase64String(raw) : Encoding.UTF8.GetBytes((string?)json["name"] ?? "");
        return new TarSplitRecord(line, position, null, name, (long?)json["size"] ?? 0, bytes);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
