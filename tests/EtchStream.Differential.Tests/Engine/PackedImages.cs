using System.Text.RegularExpressions;
using EtchStream.TestKit.Engine;

namespace EtchStream.Differential.Tests.Engine;

/// <summary>The engine's test images, packed and unpacked by our program: those of one hand-made layer, and all others.</summary>
internal sealed partial class PackedImages : IDisposable
{
    private PackedImages(PulledImages pulled)
    {
        Alone = new PackedRoot(pulled.Alone.Images.Where(image => image.PackExitCode == 0 && image.Name != OddImages.BigXattr));
        try
        {
            Together = new PackedRoot(pulled.Together.Images);
        }
        catch
        {
            Alone.Dispose();
            throw;
        }
    }

    /// <summary>Hand-made images of one layer each that our program takes, also those that the engine refuses.</summary>
    public PackedRoot Alone { get; }

    /// <summary>All that was pulled together.</summary>
    public PackedRoot Together { get; }

    /// <summary>Packs and unpacks both.</summary>
    public static PackedImages Make(PulledImages pulled) => new(pulled);

    /// <inheritdoc/>
    public void Dispose()
    {
        Alone.Dispose();
        Together.Dispose();
    }

    /// <summary>The diff IDs of layers of which pack said that an engine cannot rebuild them.</summary>
    internal static IReadOnlySet<string> DiffIdsWarnedOf(string told) =>
        Warning().Matches(told).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex(@"^etchstream: warning: layer (sha256:[0-9a-f]{64}) of \S+ gives a file twice: an engine cannot rebuild the layer ", RegexOptions.Multiline, 10_000)]
    private static partial Regex Warning();
}

/// <summary>Images in a data root that our program made.</summary>
internal sealed class PackedRoot : IDisposable
{
    public PackedRoot(IEnumerable<PushedImage> images)
    {
        Images = [.. images];
        Packed = PackedStore.Make(PackedDisk.WithoutStore, Images.SelectMany(image => (string[])["--container", image.ByTag]));
        Store = EngineStore.Read(Packed.DataRoot);
        NotReplayed = Store.NotReplayed();
    }

    /// <summary>The images, by tag.</summary>
    public IReadOnlyList<PushedImage> Images { get; }

    /// <summary>Where they are; an engine may have run there by now.</summary>
    public PackedStore Packed { get; }

    /// <summary>The store as it was unpacked.</summary>
    public EngineStore Store { get; }

    /// <summary>Layers whose tar did not come out of it again.</summary>
    public IReadOnlyList<string> NotReplayed { get; }

    /// <inheritdoc/>
    public void Dispose() => Packed.Dispose();
}
