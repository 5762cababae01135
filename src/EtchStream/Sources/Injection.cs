using System.Diagnostics.CodeAnalysis;
using EtchStream.Archive;

namespace EtchStream.Sources;

/// <summary>Something to put into a partition: <c>PART:DEST=SRC</c>.</summary>
/// <param name="Partition">The partition's number or label.</param>
/// <param name="Destination">Where in the partition, counted from its root. With <c>/</c> at its end, a file keeps its own name below it.</param>
/// <param name="Source">Path of the file, folder or tar archive.</param>
/// <param name="Kind">What the source is taken for.</param>
public sealed record Injection(string Partition, string Destination, string Source, InjectionKind Kind = InjectionKind.Detect)
{
    private const string Example = "write PART:DEST=SRC, for instance 6:/docker/app=./app or resin-data:/setup.sh=setup.sh";

    /// <summary>Reads <c>PART:DEST=SRC</c>, where SRC may start with <c>dir:</c>, <c>file:</c> or <c>tar:</c> to say what it is.</summary>
    /// <param name="text">The text: PART ends at the first colon, DEST at the first <c>=</c> behind it.</param>
    /// <param name="injection">The result, when it is one.</param>
    /// <param name="problem">What is wrong with the text and how it is written right, when it is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Injection? injection, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        injection = null;
        var colon = text.IndexOf(':');
        var equals = colon < 0 ? -1 : text.IndexOf('=', colon + 1);
        problem = colon < 0 || equals < 0 ? $"'{text}': {Example}" : null;
        if (problem is not null) return false;

        var partition = text[..colon];
        var destination = text[(colon + 1)..equals];
        var (kind, source) = SplitKind(text[(equals + 1)..]);
        problem = Check(partition, destination, source) is { } wrong ? $"'{text}': {wrong}; {Example}" : null;
        if (problem is not null) return false;
        injection = new Injection(partition, destination, source, kind);
        return true;
    }

    private static (InjectionKind Kind, string Source) SplitKind(string source)
    {
        if (source.StartsWith("dir:", StringComparison.Ordinal)) return (InjectionKind.Folder, source[4..]);
        if (source.StartsWith("file:", StringComparison.Ordinal)) return (InjectionKind.File, source[5..]);
        if (source.StartsWith("tar:", StringComparison.Ordinal)) return (InjectionKind.Tar, source[4..]);
        return (InjectionKind.Detect, source);
    }

    private static string? Check(string partition, string destination, string source)
    {
        if (partition.Length == 0) return "the partition is missing";
        if (!ArchiveNames.IsPartitionSelector(partition)) return "that partition cannot be named in an archive; use its number";
        if (partition.All(char.IsAsciiDigit) && partition.TrimStart('0').Length == 0) return "partitions are counted from 1";
        if (destination.Length == 0) return "the destination is missing, the root is /";
        if (destination.Split('/').Contains("..")) return "the destination has a '..'";
        return source.Length == 0 ? "the source is missing" : null;
    }
}
