using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace EtchStream.Formats.Partitions.Layout;

/// <summary>The name in a GPT entry: up to 36 UTF-16LE code units, ended by a zero one if shorter (<c>partition_name</c>), 72 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
[InlineArray(Size)]
internal struct GptName
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 72;

#pragma warning disable S1144, IDE0044, CS0169 // the one element of an inline array is never named
    private byte _first;
#pragma warning restore S1144, IDE0044, CS0169

    /// <summary>The name, without what lies behind its end; half a surrogate pair becomes U+FFFD.</summary>
    public readonly string Value
    {
        get
        {
            ReadOnlySpan<byte> bytes = this;
            var length = 0;
            while (length < Size && (bytes[length] | bytes[length + 1]) != 0) length += 2;
            return Encoding.Unicode.GetString(bytes[..length]);
        }
    }
}
