using System.Security.Cryptography.X509Certificates;
using EtchStream.Oci.Http;
using EtchStream.Unpack;
using EtchStream.Unpack.Http;

namespace EtchStream.Cli.Verbs;

/// <summary>Opens the archive that a command line names: <c>-</c>, an address, or a file.</summary>
internal static class ArchiveArgument
{
    public const string CaHelp = "Trust this certificate authority (PEM) too, for an archive from https://.";

    /// <summary>Opens it; from a web server, waits for its answer.</summary>
    public static async Task<ArchiveInput> OpenAsync(Terminal terminal, string input, string? authorities, CancellationToken cancellationToken)
    {
        if (!ArchiveUrl.Is(input))
        {
            if (authorities is not null) throw new UsageException("--ca is about an archive from https://, and this one is not");
            return terminal.OpenArchive(input);
        }

        var url = Parse(input);
        var options = new HttpInputOptions { CertificateAuthorities = Load(authorities), Netrc = NetrcFile.LoadDefault() };
        return await ArchiveInput.OpenUrlAsync(url, options, decoders: null, cancellationToken).ConfigureAwait(false);
    }

    private static X509Certificate2Collection? Load(string? file) => file is null ? null : HttpOptions.LoadCertificateAuthorities(OptionFile.Check("--ca", file));

    private static ArchiveUrl Parse(string text)
    {
        try
        {
            return ArchiveUrl.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"the archive's address: {e.Message}");
        }
    }
}
