using System.Text;
using EtchStream.Archive;

namespace EtchStream.Unpack.Splicing;

/// <summary>The paths of a partition where an archive's container images meet the store of an engine that may be there already.</summary>
internal sealed class EngineStore
{
    private readonly byte[][] _sharedFolders;
    private readonly byte[] _repositories;
    private readonly byte[] _layers;

    /// <summary>Takes what the manifest says.</summary>
    public EngineStore(ManifestEngine engine)
    {
        _sharedFolders = [.. engine.SharedFolders.Select(Encoding.UTF8.GetBytes)];
        Array.Sort(_sharedFolders, (a, b) => a.AsSpan().SequenceCompareTo(b));
        _repositories = Encoding.UTF8.GetBytes(engine.RepositoriesPath);
        _layers = Encoding.UTF8.GetBytes(engine.Root.Length == 0 ? "overlay2/" : engine.Root + "/overlay2/");
    }

    /// <summary>Whether a folder is made only where it is missing.</summary>
    public bool IsSharedFolder(ReadOnlySpan<byte> path)
    {
        int low = 0, high = _sharedFolders.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = path.SequenceCompareTo(_sharedFolders[middle]);
            if (order == 0) return true;
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }

        return false;
    }

    /// <summary>Whether it belongs to a layer.</summary>
    public bool IsInStore(ReadOnlySpan<byte> path) => path.StartsWith(_layers);

    /// <summary>Whether it is the file that names the engine's images.</summary>
    public bool IsRepositories(ReadOnlySpan<byte> path) => path.SequenceEqual(_repositories);
}
