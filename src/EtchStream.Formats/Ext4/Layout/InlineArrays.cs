using System.Runtime.CompilerServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Ext4.Layout;

/// <summary>2 little-endian words inside an on-disk structure.</summary>
[InlineArray(2)]
internal struct Words2
{
    private LE32 _first;
}

/// <summary>4 little-endian words inside an on-disk structure.</summary>
[InlineArray(4)]
internal struct Words4
{
    private LE32 _first;
}

/// <summary>17 little-endian words inside an on-disk structure.</summary>
[InlineArray(17)]
internal struct Words17
{
    private LE32 _first;
}

/// <summary>4 bytes inside an on-disk structure.</summary>
[InlineArray(4)]
internal struct Bytes4
{
    private byte _first;
}

/// <summary>8 bytes inside an on-disk structure.</summary>
[InlineArray(8)]
internal struct Bytes8
{
    private byte _first;
}

/// <summary>16 bytes inside an on-disk structure.</summary>
[InlineArray(16)]
internal struct Bytes16
{
    private byte _first;
}

/// <summary>32 bytes inside an on-disk structure.</summary>
[InlineArray(32)]
internal struct Bytes32
{
    private byte _first;
}

/// <summary>60 bytes inside an on-disk structure.</summary>
[InlineArray(60)]
internal struct Bytes60
{
    private byte _first;
}

/// <summary>64 bytes inside an on-disk structure.</summary>
[InlineArray(64)]
internal struct Bytes64
{
    private byte _first;
}

/// <summary>376 bytes inside an on-disk structure.</summary>
[InlineArray(376)]
internal struct Bytes376
{
    private byte _first;
}
