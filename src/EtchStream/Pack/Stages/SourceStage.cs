using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Pack.Containers;
using EtchStream.Pack.Images;
using EtchStream.Sources;

namespace EtchStream.Pack.Stages;

/// <summary>
/// The first stage: the manifest, the image, one source after the other, in the order in which the user gave them, and the container
/// images. These come last, because their store is added to what a source may have put there.
/// </summary>
internal sealed class SourceStage(ArchiveManifest manifest, ImageSource image, IReadOnlyList<IEntrySource> sources, ContainerSource? containers, PackCounters counters)
{
    /// <summary>Runs.</summary>
    public async Task RunAsync(ChannelWriter<PackItem> output, CancellationToken cancellationToken)
    {
        using var sink = new EntrySink(output, counters);
        var bytes = manifest.ToBytes();
        await sink.BeginAsync(JsonMember(ArchiveNames.Manifest, bytes.Length), cancellationToken).ConfigureAwait(false);
        await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await image.EmitAsync(System.Text.Encoding.UTF8.GetBytes(manifest.Image.Name), sink, cancellationToken).ConfigureAwait(false);
        if (sources.Count > 0) sink.Enter(PackPhase.Files);
        foreach (var source in sources)
        {
            try
            {
                await source.EmitAsync(sink, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is UnauthorizedAccessException)
            {
                throw new IOException($"for partition {source.Target.Partition}, {source.Target.Shown}: {e.Message}", e);
            }
        }

        if (containers is not null) await containers.EmitAsync(sink, cancellationToken).ConfigureAwait(false);
        sink.Enter(PackPhase.Finish);
    }

    /// <summary>A member of the archive's own: no owner, no time, so that the same inputs give the same bytes.</summary>
    internal static TarEntry JsonMember(string name, int size) => new()
    {
        Name = System.Text.Encoding.ASCII.GetBytes(name),
        Kind = FileKind.File,
        Mode = 0x1A4,
        Size = size,
    };
}
