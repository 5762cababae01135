using EtchStream.Formats;
using EtchStream.Oci;

namespace EtchStream.Cli;

/// <summary>The platforms that images are made for, by Go's names. Others are taken too: new ones come up; but not one that looks like a known one.</summary>
internal static class PlatformWords
{
    private static readonly string[] Systems = ["linux", "windows", "darwin", "freebsd", "openbsd", "netbsd", "dragonfly", "solaris", "illumos", "aix", "android", "ios", "plan9", "js", "wasip1"];

    private static readonly string[] Architectures =
    [
        "amd64", "arm64", "arm", "386", "riscv64", "ppc64le", "s390x", "loong64", "mips64le", "mips64", "mipsle", "mips", "ppc64", "ppc", "riscv", "s390", "sparc", "sparc64", "wasm",
        "armbe", "arm64be", "amd64p32", "mips64p32", "mips64p32le",
    ];

    /// <summary>What was meant by a text that is no platform: an architecture alone.</summary>
    public static string Meant(string text) => text.Contains('/', StringComparison.Ordinal) || NearName.Of(Platform.Create("linux", text).Architecture, Architectures) is not { } architecture ? "" : $"; did you mean linux/{architecture}?";

    /// <summary>The platform that was meant by one that is nearly right; null where it is right, or nothing is near.</summary>
    public static string? Mistyped(Platform platform)
    {
        var system = Near(platform.Os, Systems);
        var architecture = Near(platform.Architecture, Architectures);
        if (system == platform.Os && architecture == platform.Architecture) return null;
        return Platform.Create(system, architecture, architecture == platform.Architecture ? platform.Variant : null).ToString();
    }

    private static string Near(string word, string[] words) => words.Contains(word, StringComparer.Ordinal) ? word : NearName.Of(word, words) ?? word;
}
