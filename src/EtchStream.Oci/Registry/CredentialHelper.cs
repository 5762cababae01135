using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace EtchStream.Oci.Registry;

/// <summary>
/// Asks one of Docker's credential helpers, the program <c>docker-credential-NAME</c> on the PATH: the command <c>get</c>, the server
/// on standard input, and JSON with <c>Username</c> and <c>Secret</c> on standard output.
/// </summary>
internal static class CredentialHelper
{
    private const int MaxAnswer = 1 << 20;
    private const string NotFound = "credentials not found in native keychain";
    private const string TokenUser = "<token>";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    /// <returns>Null where the helper has nothing for this server.</returns>
    public static async Task<RegistryCredential?> GetAsync(string name, string server, string configPath, CancellationToken cancellationToken)
    {
        // The name becomes part of a program's name; it must not lead to another folder.
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                throw new CorruptImageException(configPath, $"the credential helper's name {Printable.Quote(name)} is not valid");
        }

        var program = "docker-credential-" + name;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_timeout);
        using var process = Start(program, configPath);
        try
        {
            var answer = ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            var complaint = ReadAsync(process.StandardError.BaseStream, limit.Token);
            await WriteServerAsync(process, server, limit.Token).ConfigureAwait(false);
            // One after the other, although both are being read: a fault of the first must not wait for the second's end.
            var output = await answer.ConfigureAwait(false);
            var error = await complaint.ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode == 0
                ? Parse(output, program)
                : Refused(Encoding.UTF8.GetString(output).Trim() is { Length: > 0 } text ? text : Encoding.UTF8.GetString(error).Trim(), program, server);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryException($"{program} did not answer within {s_timeout.TotalSeconds:0} seconds");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static RegistryCredential? Refused(string text, string program, string server) =>
        text.Contains(NotFound, StringComparison.OrdinalIgnoreCase)
            ? null
            : throw new RegistryException($"{program} has no credentials for {server}: {Printable.Clean(text)}");

    private static Process Start(string program, string configPath)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["get"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            })!;
        }
        catch (Win32Exception e)
        {
            throw new RegistryException($"{configPath} names the credential helper {program}, which cannot be run ({e.Message}); install it, or give another file with --registry-config", inner: e);
        }
    }

    private static async Task WriteServerAsync(Process process, string server, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(server.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The helper ended without reading; its exit code and output say why.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (content.Length + count > MaxAnswer) throw new RegistryException($"a credential helper's answer has more than {MaxAnswer} bytes");
            content.Write(buffer, 0, count);
        }
        return content.ToArray();
    }

    private static RegistryCredential? Parse(byte[] output, string program)
    {
        using var document = JsonReading.Parse(output, $"the answer of {program}", unique: false);
        var user = document.RootElement.OptionalString("Username", program) ?? "";
        var secret = document.RootElement.OptionalString("Secret", program) ?? "";
        if (user.Length == 0 && secret.Length == 0) return null;
        return string.Equals(user, TokenUser, StringComparison.Ordinal) ? RegistryCredential.IdentityToken(secret) : RegistryCredential.Password(user, secret);
    }
}
