using EtchStream.Formats.Ext4;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tests.Ext4;

/// <summary>What an object is expected to be. Two names of one object share one node.</summary>
internal sealed class ModelNode(FileKind kind, UnixAttributes attributes, int run)
{
    public FileKind Kind { get; } = kind;

    public UnixAttributes Attributes { get; set; } = attributes;

    /// <summary>The run that made it: attributes of a directory that was there before are merged, not replaced.</summary>
    public int Run { get; } = run;

    public byte[] Content { get; init; } = [];

    public (uint Major, uint Minor) Device { get; init; }

    /// <summary>Names as Latin-1, so that every byte is one character.</summary>
    public SortedDictionary<string, ModelNode> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>Attributes as they come to lie on an inode.</summary>
    public static UnixTime Fit(UnixTime time, bool isWide)
    {
        var latest = isWide ? Ext4Time.Maximum34 : Ext4Time.Maximum32;
        if (time.Seconds < Ext4Time.Minimum || time.Seconds > latest) return new UnixTime(Math.Clamp(time.Seconds, Ext4Time.Minimum, latest));
        return isWide ? time : new UnixTime(time.Seconds);
    }

    public IEnumerable<ModelNode> All() => Children.Values.SelectMany(child => child.All().Prepend(child));
}
