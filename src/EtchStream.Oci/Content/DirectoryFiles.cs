namespace EtchStream.Oci.Content;

/// <summary>An image layout in a directory.</summary>
internal sealed class DirectoryFiles(string root) : ILayoutFiles
{
    private const int BufferSize = 1 << 16;

    public string Root => root;

    // The callers' paths are constants or made of a digest's characters, so that none climbs out of the root.
    public Stream? TryOpen(string path)
    {
        try
        {
            return new FileStream(Path.Combine(root, path), FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (FileFailure.Is(e))
        {
            throw FileFailure.Of(e, Path.Combine(root, path));
        }
    }

    public void Dispose()
    {
    }
}
