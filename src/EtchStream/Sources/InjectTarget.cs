using System.Text;
using EtchStream.Archive;

namespace EtchStream.Sources;

/// <summary>Where in the archive a source's members go: <c>inject/&lt;partition&gt;/&lt;destination&gt;</c>.</summary>
internal sealed class InjectTarget
{
    private readonly byte[] _prefix;

    /// <summary>Takes the place from what the user asked for.</summary>
    public InjectTarget(string partition, ReadOnlySpan<byte> destination)
    {
        Partition = partition;
        Destination = ArchiveNames.CleanRooted(destination);
        _prefix = ArchiveNames.Inject(partition, Destination);
    }

    /// <summary>The partition's number or label.</summary>
    public string Partition { get; }

    /// <summary>Cleaned path in the partition; empty for its root.</summary>
    public byte[] Destination { get; }

    /// <summary>The place as a user reads it.</summary>
    public string Shown => "/" + ArchiveNames.Display(Destination);

    /// <summary>Takes the place from text; a destination of a file that ends in <c>/</c> gets the file's own name.</summary>
    public static InjectTarget Of(Injection injection, bool isFile)
    {
        var destination = injection.Destination;
        if (isFile && destination.EndsWith('/')) destination += Path.GetFileName(injection.Source);
        return new InjectTarget(injection.Partition, Encoding.UTF8.GetBytes(destination));
    }

    /// <summary>A member's name.</summary>
    /// <param name="relative">Cleaned path below the destination; empty for the destination itself.</param>
    public byte[] Name(ReadOnlySpan<byte> relative)
    {
        if (relative.IsEmpty) return _prefix;
        return Destination.Length == 0 ? [.. _prefix, .. relative] : [.. _prefix, (byte)'/', .. relative];
    }
}
