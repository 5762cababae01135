using System.Globalization;
using EtchStream.Unpack.Growth;

namespace EtchStream.Cli;

/// <summary>Reads <c>--grow</c> and <c>--headroom</c>.</summary>
internal static class GrowArguments
{
    private const string Units = "KMGT";
    private const string SizeForm = "a size in bytes, or with K, M, G or T behind";

    /// <summary>What they ask for.</summary>
    public static GrowOptions Parse(string grow, string? headroom)
    {
        if (headroom is not null && grow != "auto") throw new UsageException($"--headroom goes with --grow auto, and not with --grow {grow}");
        return grow switch
        {
            "auto" => new GrowOptions { Headroom = headroom is null ? null : Size("--headroom", headroom) },
            "none" => GrowOptions.None,
            _ => GrowOptions.To(Size("--grow", grow)),
        };
    }

    private static long Size(string option, string text)
    {
        var unit = text.Length == 0 ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal);
        var digits = unit < 0 ? text : text[..^1];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> (10 * (unit + 1))) return number << (10 * (unit + 1));
        throw option == "--grow"
            ? Words.Complaint($"{option} '{text}'", text, ["auto", "none"], SizeForm)
            : new UsageException($"{option} '{text}': it has to be {SizeForm}");
    }
}
