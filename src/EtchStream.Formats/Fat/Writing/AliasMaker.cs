using System.Globalization;

namespace EtchStream.Formats.Fat.Writing;

/// <summary>
/// Makes the 8.3 names of files whose own names are none: as the kernel does, <c>LONGNA~1.TXT</c> to <c>~9</c>, and beyond these
/// two letters, four hexadecimal digits and a tail (<c>LO1A2B~3.TXT</c>).
/// </summary>
/// <remarks>The digits come from the name and not from a clock, so that every run gives the same. Only ASCII is used, whatever the reader's code page.</remarks>
internal sealed class AliasMaker
{
    private const int StemLength = 8;
    private const int ExtensionLength = 3;
    private const int HashTries = 8;

    /// <summary>Counts on through the directory, so that names made to collide cost no more than others.</summary>
    private uint _counter;

    /// <summary>Makes a name that is not taken, 11 characters.</summary>
    public string Make(string name, Func<string, bool> isTaken)
    {
        var (stem, extension) = Split(name);
        for (var i = 1; i <= 9; i++)
        {
            var key = Join(stem, 6, $"~{i}", extension);
            if (!isTaken(key)) return key;
        }

        var hash = Hash(name);
        for (var i = 0; i < HashTries; i++, hash = Mix(hash))
        {
            var key = Numbered(stem, hash, extension);
            if (!isTaken(key)) return key;
        }

        // A directory has at most 65536 names, and there are nine times as many numbers.
        while (true)
        {
            var key = Numbered(stem, _counter++, extension);
            if (!isTaken(key)) return key;
        }
    }

    private static string Numbered(string stem, uint number, string extension) =>
        Join(stem, 2, string.Create(CultureInfo.InvariantCulture, $"{number & 0xFFFF:X4}~{1 + ((number >> 16) % 9)}"), extension);

    private static string Join(string stem, int length, string tail, string extension) =>
        (stem[..Math.Min(stem.Length, length)] + tail).PadRight(StemLength) + extension.PadRight(ExtensionLength);

    private static (string Stem, string Extension) Split(string name)
    {
        // The last dot divides, unless there is nothing before it but dots and spaces: then all is the stem.
        var dot = name.LastIndexOf('.');
        return dot < 0 || name.AsSpan(0, dot).Trim(". ").IsEmpty
            ? (Part(name, StemLength), "")
            : (Part(name.AsSpan(0, dot), StemLength), Part(name.AsSpan(dot + 1), ExtensionLength));
    }

    private static string Part(ReadOnlySpan<char> text, int length)
    {
        Span<char> part = stackalloc char[StemLength];
        var count = 0;
        foreach (var c in text)
        {
            if (c is '.' or ' ') continue;
            part[count++] = FatShortName.IsPlain(c) ? char.ToUpperInvariant(c) : '_';
            if (count == length) break;
        }

        return new string(part[..count]);
    }

    private static uint Hash(string name)
    {
        var hash = 2166136261;
        foreach (var unit in name) hash = unchecked((hash ^ unit) * 16777619);
        return Mix(hash);
    }

    private static uint Mix(uint hash) => unchecked(((hash >> 15) ^ hash) * 0x2C1B3C6D + 0x9E3779B9);
}
