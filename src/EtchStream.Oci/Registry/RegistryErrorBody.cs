using System.Net;
using System.Text.Json;
using EtchStream.Oci.Http;

namespace EtchStream.Oci.Registry;

/// <summary>Makes an error of a registry's refusal: its status, its codes and messages (distribution spec, "Error Codes").</summary>
internal static class RegistryErrorBody
{
    private const int MaxBody = 1 << 16;
    private const int MaxErrors = 8;

    public static async Task<RegistryException> ReadAsync(HttpResponseMessage response, string what, RegistryOptions options, StallGuard guard, CancellationToken cancellationToken)
    {
        var (codes, messages) = await ReadCodesAsync(response, what, guard, cancellationToken).ConfigureAwait(false);
        var status = response.StatusCode;
        var text = messages.Count > 0 ? ": " + string.Join("; ", messages) : "";
        var hint = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "; if the name is right, log in with docker login, or give credentials with --registry-config",
            HttpStatusCode.NotFound when codes.Contains("BLOB_UNKNOWN", StringComparer.Ordinal) => "; the registry has lost a part of the image, push it again",
            HttpStatusCode.NotFound => "; are the image's name and tag right?",
            HttpStatusCode.TooManyRequests => "; the registry limits the rate of pulls, which credentials often raise",
            _ => ""
        };
        return new RegistryException(
            $"{what}: the registry answered {HttpAnswers.Describe(status)}{text}{hint}", status, codes, HttpAnswers.IsTransient(status), HttpAnswers.RetryAfter(response, options.TimeProvider));
    }

    private static async Task<(List<string> Codes, List<string> Messages)> ReadCodesAsync(
        HttpResponseMessage response, string what, StallGuard guard, CancellationToken cancellationToken)
    {
        var codes = new List<string>();
        var messages = new List<string>();
        try
        {
            var body = await BoundedBody.ReadAsync(response, MaxBody, what, guard, cancellationToken).ConfigureAwait(false);
            using var document = JsonReading.Parse(body, what, unique: false);
            if (document.RootElement.Optional("errors", JsonValueKind.Array, what) is not { } errors) return (codes, messages);
            foreach (var error in errors.EnumerateArray().Take(MaxErrors))
            {
                if (error.ValueKind != JsonValueKind.Object) continue;
                var code = error.OptionalString("code", what) is { Length: > 0 } given ? Printable.Clean(given) : null;
                var message = error.OptionalString("message", what) is { Length: > 0 } said ? Printable.Clean(said) : null;
                if (code is not null) codes.Add(code);
                if ((code ?? message) is not null) messages.Add(string.Join(' ', new[] { code, message }.Where(s => s is not null)));
            }
        }
        catch (Exception e) when (e is CorruptImageException or RegistryException || NetworkFailure.Is(e))
        {
            // The status alone has to do: proxies answer in HTML, and a broken error body is no error of its own.
        }
        return (codes, messages);
    }
}
