using System.Security.Cryptography.X509Certificates;
using System.Text;
using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.Oci.Content;
using EtchStream.Oci.Registry;
using EtchStream.Pack;

namespace EtchStream.Cli.Verbs;

/// <summary>Reads the options of <c>pack</c> that are about container images.</summary>
internal static class ContainerArguments
{
    private const int MaxNameLength = 255;

    /// <summary>What they ask for; null where they ask for no image.</summary>
    public static ContainerOptions? Read(PackVerb verb)
    {
        var images = verb.Container.Select(text => ParseLocation("--container", text)).ToList();
        if (images.Count == 0 && verb.Apps is null && verb.Supervisor is null)
        {
            if (Surplus(verb) is { } option) throw new UsageException($"{option} is about container images, and none is asked for; give --apps, --container or --supervisor");
            return null;
        }

        if (verb.PinDevice && verb.Apps is null) throw new UsageException("--pin-device needs --apps: it is a word to the supervisor in that file");
        return new ContainerOptions
        {
            Images = images,
            EngineImagesPath = EngineImages(verb, images),
            AppsPath = verb.Apps is null ? null : OptionFile.Check("--apps", verb.Apps),
            PinDevice = verb.PinDevice ? true : null,
            Supervisor = Supervisor(verb),
            SupervisorVersion = SupervisorVersion(verb),
            DataPartition = DataPartition(verb.DataPartition),
            EngineRoot = EngineRoot(verb.EngineRoot),
            Platform = ParsePlatform(verb.Platform),
            CheckArchitecture = !verb.NoArchCheck,
            Reuse = !verb.NoReuse,
            Expand = !verb.NoExpand,
            Registry = new RegistryOptions
            {
                Credentials = verb.RegistryConfig is null ? DockerConfigCredentials.LoadDefault() : DockerConfigCredentials.Load(OptionFile.Check("--registry-config", verb.RegistryConfig)),
                CertificateAuthorities = Certificates(verb),
                InsecureHosts = [.. verb.InsecureRegistry.Select(CheckHost)],
            },
        };
    }

    private static string? Surplus(PackVerb verb) =>
        verb.PinDevice ? "--pin-device"
        : verb.EngineImages is not null ? "--engine-images"
        : verb.DataPartition is not null ? "--data-partition"
        : verb.EngineRoot is not null ? "--engine-root"
        : verb.Platform is not null ? "--platform"
        : verb.SupervisorVersion is not null ? "--supervisor-version"
        : verb.NoArchCheck ? "--no-arch-check"
        : verb.NoReuse ? "--no-reuse"
        : verb.NoExpand ? "--no-expand"
        : verb.RegistryConfig is not null ? "--registry-config"
        : verb.CertificateAuthorities is not null ? "--ca"
        : verb.Certificate.Any() ? "--certificate"
        : verb.InsecureRegistry.Any() ? "--insecure-registry"
        : null;

    private static string? EngineImages(PackVerb verb, List<ImageLocation> images)
    {
        if (verb.EngineImages is not { } file) return null;
        return images.Exists(i => i is { Kind: ImageLocationKind.Engine, Name: null })
            ? OptionFile.Check("--engine-images", file)
            : throw new UsageException("--engine-images needs --container engine:… without the name of an image: it says which of its images are meant");
    }

    private static ImageLocation? Supervisor(PackVerb verb)
    {
        if (verb.Supervisor is not { } text) return null;
        var location = ParseLocation("--supervisor", text);
        return location is not { Kind: ImageLocationKind.Engine, Name: null }
            ? location
            : throw new UsageException($"--supervisor {text}: name the one image of the engine that is meant, {text}:REF");
    }

    private static string? SupervisorVersion(PackVerb verb)
    {
        if (verb.SupervisorVersion is not { } version) return null;
        if (verb.Supervisor is null) throw new UsageException("--supervisor-version needs --supervisor, whose version it is");
        return ContainerOptions.IsSupervisorVersion(version) ? version : throw new UsageException($"--supervisor-version '{version}': it has to be a version such as v18.2.2");
    }

    private static X509Certificate2Collection? Certificates(PackVerb verb)
    {
        X509Certificate2Collection? all = null;
        if (verb.CertificateAuthorities is { } one) (all ??= []).AddRange(RegistryOptions.LoadCertificateAuthorities(OptionFile.Check("--ca", one)));
        foreach (var file in verb.Certificate) (all ??= []).AddRange(RegistryOptions.LoadCertificateAuthorities(OptionFile.Check("--certificate", file)));
        return all;
    }

    private static ImageLocation ParseLocation(string option, string text)
    {
        try
        {
            return ImageLocation.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"{option} {e.Message}");
        }
    }

    private static Platform? ParsePlatform(string? text)
    {
        if (text is null) return null;
        if (!Platform.TryParse(text, out var platform)) throw new UsageException($"--platform '{text}': it has to be os/architecture or os/architecture/variant, such as linux/arm/v7{PlatformWords.Meant(text)}");
        return PlatformWords.Mistyped(platform) is { } meant ? throw new UsageException($"--platform '{text}': there is no such platform; did you mean {meant}?") : platform;
    }

    private static string DataPartition(string? text)
    {
        if (text is null) return ContainerOptions.BalenaDataPartition;
        return ArchiveNames.IsPartitionSelector(text) ? text : throw new UsageException($"--data-partition '{text}': it is not a partition's number or label");
    }

    private static string CheckHost(string text) => text.Length > 0 && !text.AsSpan().ContainsAny('/', '@', ' ')
        ? text
        : throw new UsageException($"--insecure-registry '{text}': it has to be host or host:port, without a scheme or a path");

    private static string EngineRoot(string? text)
    {
        if (text is null) return ContainerOptions.BalenaEngineRoot;
        if (text.Length == 0) throw new UsageException("--engine-root: the path is empty; / is the root of the partition");
        try
        {
            ArchiveNames.CleanRooted(Encoding.UTF8.GetBytes(text));
            return Array.Exists(text.Split('/'), part => Encoding.UTF8.GetByteCount(part) > MaxNameLength)
                ? throw new UsageException($"--engine-root: a part of the path is longer than {MaxNameLength} bytes, which no ext4 partition holds")
                : text;
        }
        catch (UnsafePathException e)
        {
            throw new UsageException($"--engine-root {e.Message}");
        }
    }
}
