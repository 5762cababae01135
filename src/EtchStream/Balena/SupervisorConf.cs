using System.Text;

namespace EtchStream.Balena;

/// <summary>
/// balenaOS' <c>supervisor.conf</c>: which image the device starts as its supervisor, one <c>NAME=value</c> a line, read by systemd and
/// by the OS' own scripts.
/// </summary>
/// <remarks>
/// The root file system has the first one. On first boot the OS deletes <c>root-overlay</c> on the state partition and copies it there
/// (<c>resin-state-reset</c>), unless the state partition has the file <c>remove_me_to_reset</c>; from then on only that copy counts.
/// Source: meta-balena, recipes-support/resin-state-reset and recipes-containers/balena-supervisor.
/// </remarks>
internal sealed class SupervisorConf
{
    /// <summary>The longest file that is read, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private const string ImageName = "SUPERVISOR_IMAGE=";
    private const string VersionName = "SUPERVISOR_VERSION=";

    // Before balenaOS 2.93 the version had this name, and before 2.89 it was the tag of the image, which was named without it.
    private const string TagName = "SUPERVISOR_TAG=";

    private readonly List<string> _lines;

    private SupervisorConf(List<string> lines) => _lines = lines;

    /// <summary>What an OS image has where nothing else is known of it.</summary>
    public static SupervisorConf Default => Parse("LED_FILE=/dev/null\n"u8);

    /// <summary>The image; null where none is named.</summary>
    public string? Image => Value(ImageName);

    /// <summary>The supervisor's version, often with a <c>v</c> in front; null where none is named.</summary>
    public string? Version => Value(VersionName) ?? Value(TagName);

    /// <summary>Whether the image may have to be found under its repository with the version as tag.</summary>
    public bool HasTag => _lines.Exists(l => l.StartsWith(TagName, StringComparison.Ordinal));

    /// <summary>Reads a file.</summary>
    public static SupervisorConf Parse(ReadOnlySpan<byte> content) => new([.. Encoding.UTF8.GetString(content).TrimEnd('\n').Split('\n')]);

    /// <summary>The file that names another supervisor and keeps all else.</summary>
    public byte[] With(string image, string version)
    {
        var lines = new List<string>(_lines.Where(l => l.Length > 0 && !l.StartsWith(ImageName, StringComparison.Ordinal) && !IsVersion(l)))
        {
            ImageName + image,
            (HasTag ? TagName : VersionName) + version,
        };
        return Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
    }

    private static bool IsVersion(string line) => line.StartsWith(VersionName, StringComparison.Ordinal) || line.StartsWith(TagName, StringComparison.Ordinal);

    private string? Value(string name)
    {
        var line = _lines.FindLast(l => l.StartsWith(name, StringComparison.Ordinal));
        return string.IsNullOrEmpty(line?[name.Length..]) ? null : line[name.Length..].Trim().Trim('"');
    }
}
