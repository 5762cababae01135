using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>An 11-byte volume label, filled up with spaces (<c>vol_label</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
[InlineArray(Size)]
internal struct FatLabel
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 11;

#pragma warning disable S1144, IDE0044, CS0169 // the one element of an inline array is never named
    private byte _first;
#pragma warning restore S1144, IDE0044, CS0169
}
