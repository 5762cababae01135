using System.Text;
using System.Text.Json;
using EtchStream.Engine;
using EtchStream.Pack.Containers;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Overlay2;

/// <summary>
/// The segment behind the layers: which of them are parents, the images' configs, the names, and where blobs came from, which lets a
/// later push leave out what the registry has.
/// </summary>
internal static class StoreMetadata
{
    private const int PublicFile = 0x1A4;
    private const int PrivateFile = 0x180;

    /// <summary>Writes the segment's members.</summary>
    public static async Task WriteAsync(ContainerPlan plan, EngineStore store, SegmentWriter segment, CancellationToken cancellationToken)
    {
        foreach (var layer in plan.Layers.Where(l => l.IsParent))
            await segment.FileAsync(store.AtLayer(layer, "committed"), PrivateFile, default, cancellationToken).ConfigureAwait(false);
        foreach (var image in plan.Images)
            await segment.FileAsync(store.At($"image/overlay2/imagedb/content/sha256/{image.Config.ImageId.Hex}"), PrivateFile, image.Config.Content, cancellationToken).ConfigureAwait(false);
        foreach (var (blob, diffId, _) in plan.FetchedBlobs.DistinctBy(b => b.Blob))
            await segment.FileAsync(store.At($"image/overlay2/distribution/diffid-by-digest/sha256/{blob.Hex}"), PublicFile, Encoding.ASCII.GetBytes(diffId.ToString()), cancellationToken).ConfigureAwait(false);
        foreach (var origins in plan.FetchedBlobs.GroupBy(b => b.DiffId))
            await segment.FileAsync(store.At($"image/overlay2/distribution/v2metadata-by-diffid/sha256/{origins.Key.Hex}"), PublicFile, Origins(origins), cancellationToken).ConfigureAwait(false);

        var repositories = new RepositoriesFile();
        foreach (var image in plan.Images)
        {
            foreach (var (reference, name) in image.Names) repositories.Add(reference.FamiliarName, name, image.Config.ImageId.ToString());
        }

        // Last: what it names is all there.
        await segment.FileAsync(store.At("image/overlay2/repositories.json"), PrivateFile, repositories.ToBytes(), cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Origins(IEnumerable<FetchedBlob> blobs)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var blob in blobs)
            {
                json.WriteStartObject();
                json.WriteString("Digest", blob.Blob.ToString());
                json.WriteString("SourceRepository", blob.Repository);
                json.WriteString("HMAC", "");
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return bytes.ToArray();
    }
}
