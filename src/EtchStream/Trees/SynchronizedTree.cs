namespace EtchStream.Trees;

/// <summary>A tree for concurrent use: what is done with it and its streams is done one at a time.</summary>
internal sealed class SynchronizedTree(IFileTree inner) : IFileTree
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public TreeEntry? Find(ReadOnlySpan<byte> path)
    {
        lock (_gate) return inner.Find(path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> List(ReadOnlySpan<byte> path)
    {
        lock (_gate) return inner.List(path);
    }

    /// <inheritdoc/>
    public Stream Open(TreeEntry file)
    {
        lock (_gate)
        {
            var stream = inner.Open(file);
            return new ReadStream(
                (offset, buffer) =>
                {
                    lock (_gate)
                    {
                        if (stream.Position != offset) stream.Position = offset;
                        return stream.Read(buffer);
                    }
                },
                file.Size,
                stream);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) inner.Dispose();
    }
}
