using EtchStream.Formats;
using EtchStream.Oci;

namespace EtchStream.Inspect;

/// <summary>What goes wrong while content is looked at: it is told, and the rest goes on. So many lines are kept, and the others counted.</summary>
internal sealed class ReportProblems
{
    private const int MaxKept = 48;

    private readonly List<string> _lines = [];
    private int _count;

    /// <summary>The lines, the last one for those that are not kept.</summary>
    public IReadOnlyList<string> Lines => _count <= MaxKept ? _lines : [.. _lines, $"and {_count - MaxKept} more"];

    /// <summary>Notes one.</summary>
    public void Add(string line)
    {
        if (_count++ < MaxKept) _lines.Add(line);
    }

    /// <summary>Does something that damage may keep from its end.</summary>
    public void Try(Action part)
    {
        try
        {
            part();
        }
        catch (Exception e) when (IsDamage(e))
        {
            Add(e.Message);
        }
    }

    /// <summary>Whether an exception is about what was read, and not about reading.</summary>
    public static bool IsDamage(Exception e) =>
        e is CorruptFormatException or UnsupportedFormatException or UnsafePathException or CorruptImageException or DigestMismatchException or UnsupportedImageException;
}
