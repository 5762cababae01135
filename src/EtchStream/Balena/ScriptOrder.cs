using System.Globalization;

namespace EtchStream.Balena;

/// <summary>Orders of an object's members: as they are written here, and as JavaScript goes through them when it has read that.</summary>
internal static class ScriptOrder
{
    /// <summary>By code point, which is the order of UTF-8's bytes and of what Python calls sorted keys.</summary>
    public static int Compare(string x, string y)
    {
        var same = x.AsSpan().CommonPrefixLength(y);
        return same == x.Length || same == y.Length ? x.Length.CompareTo(y.Length) : Rank(x[same]).CompareTo(Rank(y[same]));
    }

    /// <summary>Which member JavaScript finds first in the object as it is written.</summary>
    public static string First(IEnumerable<string> names)
    {
        var sorted = names.ToList();
        sorted.Sort(Compare);
        // Names that are array indices come before all others, in numeric order.
        return sorted.Where(IsIndex).MinBy(name => uint.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture)) ?? sorted[0];
    }

    private static bool IsIndex(string name) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index != uint.MaxValue && (name[0] != '0' || name.Length == 1);

    // Surrogates stand for code points above all others, but are units below U+E000.
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
