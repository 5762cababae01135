using static EtchStream.Cli.Tests.Hostile.HostileRow;

namespace EtchStream.Cli.Tests.Hostile;

/// <summary>Manifests and trailers that are none, or of another archive.</summary>
internal static class HostileManifests
{
    /// <summary>The archives.</summary>
    public static IEnumerable<HostileRow> Rows()
    {
        yield return Etch("a whole etch archive", 0, "unpacked", Manifest);
        yield return Etch("a manifest that names another image", 3, "names the image", Manifest.Replace("disk.img", "other.img"));
        yield return Etch("a manifest that names another size", 3, "the image has", Manifest.Replace("5242880", "5242881"));
        yield return Etch("a manifest that names an image of 2^63-1 bytes", 3, "the image has", Manifest.Replace("5242880", $"{long.MaxValue}"));
        yield return Etch("a manifest of version 2", 4, "version 2", Manifest.Replace("\"version\":1", "\"version\":2"));
        foreach (var (name, json) in new[]
        {
            ("null", "null"), ("an array", "[]"), ("cut off", Manifest[..40]), ("two documents", Manifest + Manifest), ("of version -1", Manifest.Replace("\"version\":1", "\"version\":-1")), ("with an image of 2^63 bytes", Manifest.Replace("5242880", "9223372036854775808")),
            ("with an image of -1 bytes", Manifest.Replace("5242880", "-1")), ("with an image in another folder", Manifest.Replace("disk.img", "../disk.img")), ("with a partition that is null", Manifest.Replace("\"partitions\":[]", "\"partitions\":[null]")),
            ("with a member twice", Manifest.Replace("\"version\":1", "\"version\":1,\"version\":1")), ("nested ten thousand deep", Nested("{\"x\":", "1", "}")), ("with half a surrogate pair", Manifest.Replace("disk", "\\ud800")),
        })
            yield return Etch($"a manifest {name}", 3, "manifest.json", json);
        foreach (var (name, json) in new[]
        {
            ("null", "null"), ("whose digest is a number", Trailer.Replace("\"SUM\"", "1")), ("whose length is negative", Trailer.Replace("LENGTH", "-1")), ("whose length is 2^63", Trailer.Replace("LENGTH", "9223372036854775808")),
            ("with -1 entries", Trailer.Replace("[]", """[{"partition":"1","entries":-1,"bytes":0}]""")), ("nested ten thousand deep", Nested("[", "", "]")),
        })
            yield return Etch($"a trailer {name}", 3, "etch-trailer.json", Manifest, trailer: json);
        yield return Etch("a trailer twice", 3, "follows the trailer", Manifest, tar => Trailed(tar));
        yield return Etch("a manifest twice", 3, "the only one of that name", Manifest, tar => tar.File("manifest.json", Manifest));
    }

    private static string Nested(string open, string content, string close) => string.Concat(Enumerable.Repeat(open, 10_000)) + content + string.Concat(Enumerable.Repeat(close, 10_000));
}
