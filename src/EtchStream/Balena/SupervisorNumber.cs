using System.Globalization;
using System.Text.Json;

namespace EtchStream.Balena;

/// <summary>
/// What the supervisor takes for a number. It compares JavaScript's <c>Number(x)</c> with <c>parseInt(x, 10)</c>, so that
/// <c>1e3</c> is an ID as a number and none as a string, and <c>"1.0"</c> is one. Exactly that counts here, because by the same
/// test it takes an app's key for v2's (balena-supervisor 19.0.5, src/types/basic.ts, NumericIdentifier).
/// </summary>
internal static class SupervisorNumber
{
    // String.prototype.trim's, which is neither ASCII's nor char.IsWhiteSpace's set.
    private const string WhiteSpace = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    /// <summary>Whether a value is an ID: a non-negative integer, as a number or as a decimal string.</summary>
    public static bool IsIdentifier(JsonElement value) => value.ValueKind switch
    {
        // From 1e21 on JavaScript writes numbers with an exponent, of which parseInt sees the first digits only.
        JsonValueKind.Number => value.TryGetDouble(out var number) && number is >= 0 and < 1e21 && double.IsInteger(number),
        JsonValueKind.String => IsIdentifier(value.GetString()!),
        _ => false,
    };

    /// <summary>Whether a text is an ID.</summary>
    public static bool IsIdentifier(string text)
    {
        var rest = text.AsSpan().Trim(WhiteSpace);
        if (rest.Length > 2 && rest[0] == '0' && char.ToLowerInvariant(rest[1]) is 'x' or 'o' or 'b') return rest[2..].IndexOfAnyExcept('0') < 0;

        var number = rest;
        if (!rest.IsEmpty && rest[0] is '+' or '-') rest = rest[1..];
        var digits = Digits(ref rest);
        if (digits == 0) return false;
        var integer = number[..^rest.Length];
        if (!rest.IsEmpty && rest[0] == '.')
        {
            rest = rest[1..];
            Digits(ref rest);
        }

        if (!rest.IsEmpty && rest[0] is 'e' or 'E')
        {
            rest = rest[1..];
            if (!rest.IsEmpty && rest[0] is '+' or '-') rest = rest[1..];
            if (Digits(ref rest) == 0) return false;
        }

        return rest.IsEmpty && Parse(number) >= 0 && Parse(number) == Parse(integer);
    }

    /// <summary>
    /// Whether an app's key is one that v2 can be migrated with: the supervisor looks the app up under the number it has read,
    /// so that only the plainest spelling finds it (balena-supervisor 19.0.5, src/lib/legacy.ts, fromV2TargetApps).
    /// </summary>
    public static bool IsPlain(string text) =>
        text.Length is > 0 and <= 16 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && (text[0] != '0' || text.Length == 1)
        && long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) <= 9_007_199_254_740_991;

    private static int Digits(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        var count = end < 0 ? rest.Length : end;
        rest = rest[count..];
        return count;
    }

    private static double Parse(ReadOnlySpan<char> text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
