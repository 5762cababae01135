using System.Net.Http.Headers;
using EtchStream.Oci;

namespace EtchStream.TestKit.Engine;

/// <summary>Puts images into a registry as they are, byte for byte (OCI distribution spec, "Pushing"); several at a time if need be.</summary>
public sealed class RegistryUpload(string host) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://{host}") };

    /// <summary>Puts an image there under its tag.</summary>
    /// <param name="image">The image.</param>
    /// <param name="repository">The repository; null for the image's own.</param>
    public async Task<PushedImage> PushAsync(EngineImage image, string? repository = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        repository ??= image.Repository;
        var blobs = image.Layers.Select(layer => layer.Blob).Append(new LayerContent(image.Config)).DistinctBy(blob => blob.Digest);
        foreach (var blob in blobs) await PushBlobAsync(repository, blob);
        var manifest = image.Manifest;
        using var content = new ByteArrayContent(manifest);
        content.Headers.ContentType = new MediaTypeHeaderValue(image.ManifestType);
        using var answer = await _client.PutAsync(new Uri($"/v2/{repository}/manifests/{PushedImage.Tag}", UriKind.Relative), content);
        await CheckAsync(answer, $"manifest of '{image.Name}'");
        return new PushedImage(image.Name, $"{host}/{repository}", Digest.Sha256(manifest).ToString(), image);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task PushBlobAsync(string repository, LayerContent blob)
    {
        using var start = await _client.PostAsync(new Uri($"/v2/{repository}/blobs/uploads/", UriKind.Relative), null);
        await CheckAsync(start, $"upload to {repository}");
        var location = start.Headers.Location!.ToString();
        using var content = new StreamContent(blob.Open());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var put = new Uri($"{location}{(location.Contains('?') ? '&' : '?')}digest={blob.Digest}", UriKind.RelativeOrAbsolute);
        using var answer = await _client.PutAsync(put, content);
        await CheckAsync(answer, $"blob {blob.Digest} to {repository}");
    }

    private static async Task CheckAsync(HttpResponseMessage answer, string what)
    {
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{what}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}
