using System.Text;
using System.Text.Json;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Credentials from a configuration file in the form of Docker's <c>config.json</c>: <c>credHelpers</c> for a host come first, then
/// <c>credsStore</c>, then <c>auths</c>, whose keys may be a host, an old address (<c>https://host/v1/</c>), or a host with the
/// beginning of a repository's path, the longest of which wins.
/// </summary>
public sealed class DockerConfigCredentials : ICredentialProvider
{
    private const int MaxFileSize = 4 << 20;

    // The key that Docker Hub's credentials have had since its first version.
    private const string HubKey = "https://index.docker.io/v1/";

    private readonly string _path;
    private readonly Dictionary<string, RegistryCredential> _auths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _helpers = new(StringComparer.Ordinal);
    private readonly string? _store;

    private DockerConfigCredentials(string path, JsonElement root)
    {
        _path = path;
        _store = root.OptionalString("credsStore", path);
        if (_store is "") _store = null;
        if (root.Optional("credHelpers", JsonValueKind.Object, path) is { } helpers)
        {
            foreach (var helper in helpers.EnumerateObject()) _helpers[NormaliseKey(helper.Name)] = helper.Value.Text("credHelpers", path);
        }
        if (root.Optional("auths", JsonValueKind.Object, path) is { } auths)
        {
            foreach (var auth in auths.EnumerateObject())
            {
                if (auth.Value.ValueKind == JsonValueKind.Object && Read(auth.Name, auth.Value) is { } credential) _auths[NormaliseKey(auth.Name)] = credential;
            }
        }
    }

    /// <summary>The file that Docker's own client reads: <c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.</summary>
    public static string DefaultPath => Path.Combine(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"),
        "config.json");

    /// <summary>Reads a configuration file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CorruptImageException">The file is not what it should be; its content is never part of the message.</exception>
    public static DockerConfigCredentials Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (new FileInfo(path).Length > MaxFileSize) throw new CorruptImageException(path, $"it has more than {MaxFileSize} bytes");
        try
        {
            using var document = JsonReading.Parse(FileFailure.ReadAllBytes(path), path, unique: false);
            return new DockerConfigCredentials(path, document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptImageException(path, "a name in it is not valid Unicode", e);
        }
    }

    /// <summary>Reads <see cref="DefaultPath"/>; credentials for nothing where it does not exist.</summary>
    public static DockerConfigCredentials LoadDefault()
    {
        if (File.Exists(DefaultPath)) return Load(DefaultPath);
        using var empty = JsonDocument.Parse("{}");
        return new DockerConfigCredentials(DefaultPath, empty.RootElement);
    }

    /// <inheritdoc/>
    public async Task<RegistryCredential?> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(repository);
        var key = NormaliseKey(host);
        var helper = _helpers.GetValueOrDefault(key) ?? _store;
        if (helper is { Length: > 0 })
        {
            var server = string.Equals(key, ImageReference.DockerHub, StringComparison.Ordinal) ? HubKey : host;
            if (await CredentialHelper.GetAsync(helper, server, _path, cancellationToken).ConfigureAwait(false) is { } found) return found;
        }

        for (var path = $"{key}/{repository}"; ; path = path[..path.LastIndexOf('/')])
        {
            if (_auths.TryGetValue(path, out var credential)) return credential;
            if (!path.Contains('/')) return null;
        }
    }

    private RegistryCredential? Read(string key, JsonElement auth)
    {
        if (auth.OptionalString("identitytoken", _path) is { Length: > 0 } token) return RegistryCredential.IdentityToken(token);
        if (auth.OptionalString("auth", _path) is { Length: > 0 } encoded)
        {
            var bytes = new byte[encoded.Length];
            var text = Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0') : "";
            var colon = text.IndexOf(':');
            return colon > 0
                ? RegistryCredential.Password(text[..colon], text[(colon + 1)..])
                : throw new CorruptImageException(_path, $"auths: the auth of {Printable.Clean(key)} is not base64 of user:password");
        }
        var user = auth.OptionalString("username", _path);
        return string.IsNullOrEmpty(user) ? null : RegistryCredential.Password(user, auth.OptionalString("password", _path) ?? "");
    }

    private static string NormaliseKey(string key)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0) key = key[(scheme + 3)..];
        key = key.TrimEnd('/');
        foreach (var version in new[] { "/v1", "/v2" })
        {
            // Only the old form's /v1 and /v2; a repository's path may begin with these too.
            if (key.EndsWith(version, StringComparison.Ordinal) && key.IndexOf('/', StringComparison.Ordinal) == key.Length - version.Length) key = key[..^version.Length];
        }
        return key is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DockerHub : key;
    }
}
