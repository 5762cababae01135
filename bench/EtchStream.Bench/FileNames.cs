using System.Globalization;
using System.Text;
using EtchStream.Formats.Unix;

namespace EtchStream.Bench;

/// <summary>Paths and attributes as many small files have them.</summary>
internal static class FileNames
{
    /// <summary>What all of them have.</summary>
    public static UnixAttributes Attributes { get; } = new() { Mode = 0x1A4, ModificationTime = new UnixTime(1_700_000_000, 123_456_789) };

    /// <summary>So many paths, so many in each folder.</summary>
    public static byte[][] Make(int count, int perFolder) =>
        [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"usr/lib/package-{i / perFolder}/module-{i}.js")))];
}
