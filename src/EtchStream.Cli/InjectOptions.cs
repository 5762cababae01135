using EtchStream.Sources;

namespace EtchStream.Cli;

/// <summary>What <c>pack</c> and <c>unpack</c> say alike about files for partitions.</summary>
internal static class InjectOptions
{
    /// <summary>The help of <c>--inject</c>, as far as it is the same.</summary>
    public const string Help = "Can be given several times; the later one wins. SRC is a folder, whose content goes to DEST; a file, which becomes DEST (or keeps its name below it, if DEST ends with '/'); or a tar archive, compressed or not, whose entries are taken as they are. What it is, is told from its content; dir:SRC, file:SRC or tar:SRC says it (file:backup.tar puts the archive itself into the partition).";

    /// <summary>The help of <c>--config</c>.</summary>
    public const string ConfigHelp = "A balenaOS device's config.json, for the boot partition (resin-boot, or flash-boot of a flasher).";

    /// <summary>The help of <c>--splash</c>.</summary>
    public const string SplashHelp = "The picture that balenaOS shows while it starts, a PNG, for the boot partition.";

    /// <summary>Reads one <c>--inject</c>.</summary>
    public static Injection Parse(string text) => Injection.TryParse(text, out var injection, out var problem) ? injection : throw new UsageException($"--inject {problem}");

    /// <summary>Which of the options asked for a partition that is not there; null for none of them.</summary>
    public static string? Asking(string selector, IEnumerable<Injection> injections, string? config, string? splash) =>
        injections.Any(i => i.Partition == selector) ? "--inject"
        : selector != "resin-boot" ? null
        : config is not null ? "--config"
        : splash is not null ? "--splash"
        : null;
}
