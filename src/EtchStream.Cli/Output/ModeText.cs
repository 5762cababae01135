using EtchStream.Formats.Unix;

namespace EtchStream.Cli.Output;

/// <summary>Kind and mode as <c>ls -l</c> writes them.</summary>
internal static class ModeText
{
    /// <summary>Ten characters: <c>drwxr-xr-x</c>.</summary>
    public static string Of(FileKind kind, int? mode)
    {
        var first = kind switch
        {
            FileKind.Directory => 'd',
            FileKind.SymbolicLink => 'l',
            FileKind.BlockDevice => 'b',
            FileKind.CharacterDevice => 'c',
            FileKind.Fifo => 'p',
            FileKind.Socket => 's',
            _ => '-',
        };
        if (mode is not { } bits) return $"{first}?????????";
        return $"{first}{Part(bits >> 6, (bits & 0x800) != 0, 's')}{Part(bits >> 3, (bits & 0x400) != 0, 's')}{Part(bits, (bits & 0x200) != 0, 't')}";
    }

    private static string Part(int bits, bool isSpecial, char special)
    {
        var canExecute = (bits & 1) != 0;
        var last = isSpecial ? (canExecute ? special : char.ToUpperInvariant(special)) : canExecute ? 'x' : '-';
        return $"{((bits & 4) != 0 ? 'r' : '-')}{((bits & 2) != 0 ? 'w' : '-')}{last}";
    }
}
