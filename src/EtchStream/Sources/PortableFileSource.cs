
namespace EtchStream.Sources;

/// <summary>One file, on systems whose own attributes do not fit into a Unix file system.</summary>
internal sealed class PortableFileSource(string path, InjectTarget target, OutputGuard guard) : IEntrySource
{
    /// <inheritdoc/>
    public string Kind => "file";

    /// <inheritdoc/>
    public InjectTarget Target => target;

    /// <inheritdoc/>
    public Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken)
    {
        guard.Check(path);
        return PortableEntries.EmitFileAsync(new FileInfo(path), target.Name([]), sink, cancellationToken);
    }
}
