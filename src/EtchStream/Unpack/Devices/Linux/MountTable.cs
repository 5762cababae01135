using System.Text;

namespace EtchStream.Unpack.Devices.Linux;

/// <summary>What is mounted, and what is swapped to, as this process sees it (proc_pid_mountinfo(5), <c>/proc/swaps</c>).</summary>
internal sealed class MountTable
{
    private readonly List<(string Number, string Point, string Source)> _mounts = [];
    private readonly List<string> _swaps = [];

    /// <summary>Reads both tables; one that cannot be read is empty, and opening the device for this run alone is what is left to notice.</summary>
    public static MountTable Read()
    {
        var table = new MountTable();
        foreach (var line in Lines("/proc/self/mountinfo")) table.AddMount(line);

        // A head line, then a path a line.
        foreach (var line in Lines("/proc/swaps").Skip(1)) table._swaps.Add(Unescape(line.Split([' ', '\t'], 2)[0]));
        return table;
    }

    /// <summary>Where a device is mounted; null where it is not.</summary>
    /// <param name="number">Its number, <c>major:minor</c>.</param>
    /// <param name="name">The kernel's name for it.</param>
    public string? PointOf(string number, string name)
    {
        foreach (var (device, point, source) in _mounts)
        {
            // A file system of several devices (btrfs) has a number of its own, and names one of them as its source.
            if (device == number || source == $"/dev/{name}") return point;
        }

        return null;
    }

    /// <summary>Whether a device is swapped to.</summary>
    public bool IsSwap(string name) => _swaps.Contains($"/dev/{name}", StringComparer.Ordinal);

    /// <summary>The numbers of the devices that <c>/</c> lies on, as far as it lies on one.</summary>
    public IEnumerable<(string Number, string Source)> Root() => _mounts.Where(m => m.Point == "/").Select(m => (m.Number, m.Source));

    private void AddMount(string line)
    {
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
        var fields = line.Split(' ');
        var separator = Array.IndexOf(fields, "-", 6 > fields.Length ? fields.Length : 6);
        if (separator < 0 || separator + 2 >= fields.Length) return;
        _mounts.Add((fields[2], Unescape(fields[4]), Unescape(fields[separator + 2])));
    }

    /// <summary>Spaces, tabs, line ends and backslashes are written as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[(i + 1)..(i + 4)].All(c => c is >= '0' and <= '7'))
            {
                plain.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
