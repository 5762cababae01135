using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Sources;

/// <summary>A small file that is made here: root's, without a time of its own, so that the same content gives the same archive.</summary>
internal sealed class MemoryFileSource(InjectTarget target, string kind, byte[] content) : IEntrySource
{
    private const int Mode = 0x1A4;

    /// <inheritdoc/>
    public string Kind => kind;

    /// <inheritdoc/>
    public InjectTarget Target => target;

    /// <inheritdoc/>
    public async Task EmitAsync(IEntrySink sink, CancellationToken cancellationToken)
    {
        await sink.BeginAsync(new TarEntry { Name = target.Name([]), Kind = FileKind.File, Mode = Mode, Size = content.Length }, cancellationToken).ConfigureAwait(false);
        await sink.WriteAsync(content, cancellationToken).ConfigureAwait(false);
    }
}
