using System.Globalization;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>What was written, but not exactly as it came.</summary>
internal sealed class FatWarnings
{
    private string? _firstKept;
    private int _kept;
    private int _clampedTimes;

    /// <summary>A time was written.</summary>
    public void Time(UnixTime time)
    {
        if (!FatTime.Fits(time)) _clampedTimes++;
    }

    /// <summary>An object was replaced and keeps the name that it has.</summary>
    public void Kept(string given, string kept)
    {
        if (string.Equals(given, kept, StringComparison.Ordinal)) return;
        _firstKept ??= $"{FatVolume.Show(given)} as {FatVolume.Show(kept)}";
        _kept++;
    }

    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = new List<string>();
        if (_clampedTimes > 0) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{_clampedTimes} modification times lie outside what FAT can hold (1980 to 2107) and were set to the nearest that it can"));
        if (_kept > 0) lines.Add(string.Create(CultureInfo.InvariantCulture, $"{_kept} files were there under names that differ in the case of letters, or by their short names, and keep the names they had ({_firstKept})"));
        return lines;
    }
}
