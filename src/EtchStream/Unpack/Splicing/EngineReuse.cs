using System.Text;
using EtchStream.Archive;
using EtchStream.Engine;
using EtchStream.Formats;
using EtchStream.Formats.IO;

namespace EtchStream.Unpack.Splicing;

/// <summary>
/// The archive's layers that the store in the partition has already, under names of its own: they stay as they are, and the archive's
/// copies are not written. Layers that lie on them find them through a second link of the name that the archive gave.
/// </summary>
internal sealed class EngineReuse
{
    private readonly byte[] _folders;
    private readonly byte[] _links;
    private readonly byte[] _database;
    private readonly Dictionary<string, StoredLayer> _byCacheId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredLayer> _byLink = new(StringComparer.Ordinal);
    private readonly HashSet<string> _chains = new(StringComparer.Ordinal);

    private EngineReuse(ManifestEngine engine)
    {
        var root = engine.Root.Length == 0 ? "" : engine.Root + "/";
        _folders = Encoding.UTF8.GetBytes($"{root}overlay2/");
        _links = Encoding.UTF8.GetBytes($"{root}overlay2/l/");
        _database = Encoding.UTF8.GetBytes($"{root}image/overlay2/layerdb/sha256/");
    }

    /// <summary>Looks the archive's layers up.</summary>
    /// <param name="manifest">Names them.</param>
    /// <param name="engine">Where the store is.</param>
    /// <param name="fileSystem">The partition, with nothing of the archive in it yet.</param>
    /// <exception cref="CorruptFormatException">A layer that the archive builds on is not there.</exception>
    public static EngineReuse Find(ArchiveManifest manifest, ManifestEngine engine, IFileSystemWriter fileSystem)
    {
        var reuse = new EngineReuse(engine);
        foreach (var layer in manifest.Layers ?? [])
        {
            var stored = StoredLayer.Find(
                path => fileSystem.TryReadFile(Encoding.UTF8.GetBytes(path), StoredLayer.MaxLength), engine.Root, layer.ChainId, layer.DiffId, isBase: layer.Parent is null);
            if (layer.IsReused == true) RequireSame(layer, stored);
            else if (stored is not null) reuse.Add(layer, stored);
        }

        return reuse;
    }

    /// <summary>How many layers of the archive the partition had already.</summary>
    public int Count => _chains.Count;

    /// <summary>What becomes of a member.</summary>
    /// <param name="path">Its path from the partition's root.</param>
    /// <param name="target">For a link that has to lead elsewhere: its target.</param>
    /// <param name="otherPath">For a file that has to go elsewhere: its path.</param>
    /// <returns>False where it is not written.</returns>
    public bool IsWritten(ReadOnlySpan<byte> path, out byte[]? target, out byte[]? otherPath)
    {
        target = otherPath = null;
        if (_chains.Count == 0) return true;
        if (path.StartsWith(_database)) return !_chains.Contains(FirstPart(path[_database.Length..], out _));
        if (!path.StartsWith(_folders)) return true;
        if (path.StartsWith(_links))
        {
            if (!_byLink.TryGetValue(FirstPart(path[_links.Length..], out _), out var led)) return true;

            // The archive's own name for it, when the store came from an archive too: then the link is there.
            target = Encoding.ASCII.GetBytes($"../{led.CacheId}/diff");
            return true;
        }

        if (!_byCacheId.TryGetValue(FirstPart(path[_folders.Length..], out var rest), out var stored)) return true;
        if (!rest.SequenceEqual("committed"u8)) return false;

        // Whether another layer lies on it is news to the store.
        otherPath = [.. _folders, .. Encoding.ASCII.GetBytes(stored.CacheId), .. "/committed"u8];
        return true;
    }

    private void Add(ManifestLayer layer, StoredLayer stored)
    {
        _chains.Add(layer.ChainId["sha256:".Length..]);
        _byCacheId[layer.CacheId] = stored;
        _byLink[layer.Link] = stored;
    }

    private static void RequireSame(ManifestLayer layer, StoredLayer? stored)
    {
        if (stored is not null && stored.CacheId == layer.CacheId && stored.Link == layer.Link) return;
        throw new CorruptFormatException(
            "etch archive", -1, $"it builds on the layer {layer.ChainId}, which the engine's store of its own disk image has to have and has not; make the archive anew with 'etchstream pack'");
    }

    private static string FirstPart(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> rest)
    {
        var slash = path.IndexOf((byte)'/');
        rest = slash < 0 ? default : path[(slash + 1)..];
        return Encoding.ASCII.GetString(slash < 0 ? path : path[..slash]);
    }
}
