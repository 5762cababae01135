using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtchStream.Formats.Partitions.Layout;

/// <summary>A GUID as it lies on disk: the first three fields little-endian, the rest in order (the kernel's <c>efi_guid_t</c>), 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
[InlineArray(Size)]
internal struct GptGuid
{
    /// <summary>Bytes on disk.</summary>
    public const int Size = 16;

#pragma warning disable S1144, IDE0044, CS0169 // the one element of an inline array is never named
    private byte _first;
#pragma warning restore S1144, IDE0044, CS0169

    /// <summary>The GUID, whatever the machine's byte order.</summary>
    public readonly Guid Value => new((ReadOnlySpan<byte>)this, bigEndian: false);
}
