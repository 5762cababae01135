using System.Net;
using System.Net.Http.Headers;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>A blob's bytes, over as many connections as it takes. Nothing is verified here; that the parts fit together shows in the digest.</summary>
internal sealed class ResumingBlobStream(RegistryClient client, ImageReference reference, Descriptor blob)
    : ResumingStream(client.Options, $"blob {blob.Digest} of {reference}")
{
    protected override long? Size => blob.Size;

    protected override async Task<(HttpResponseMessage Response, long Skip)> RequestAsync(StallGuard guard, CancellationToken cancellationToken)
    {
        var response = await client.GetOnceAsync(
            reference, $"blobs/{blob.Digest}", headers => headers.Range = BytesRead > 0 ? new RangeHeaderValue(BytesRead, to: null) : null, What, guard, cancellationToken).ConfigureAwait(false);
        try
        {
            switch (response.StatusCode)
            {
                case HttpStatusCode.PartialContent when BytesRead > 0:
                    CheckRange(response.Content.Headers.ContentRange, RegistryFailure.Server.Noun);
                    return (response, 0);
                case HttpStatusCode.OK:
                    // The whole blob instead of its rest: not every registry knows ranges. What was read already is passed over.
                    CheckLength(response.Content.Headers.ContentLength);
                    return (response, BytesRead);
                default:
                    throw await RegistryErrorBody.ReadAsync(response, What, client.Options, guard, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private void CheckLength(long? length)
    {
        if (length is not null && length != blob.Size) throw new DigestMismatchException(What, $"{blob.Size} bytes", $"{length} bytes");
    }

    protected override HttpTransferException Fail(string problem, HttpStatusCode? status = null, bool isTransient = false, Exception? inner = null) =>
        new RegistryException($"{What}: {problem}", status, isTransient: isTransient, inner: inner);

    protected override NetworkFailure Describe(Exception error) => NetworkFailure.Of(error, RegistryFailure.Server);
}
