using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtchStream.Formats.Endian;

namespace EtchStream.Formats.Fat.Layout;

/// <summary>The first 512 bytes of FAT32's FSINFO sector (<c>struct fat_boot_fsinfo</c>): hints about free clusters.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct FatInfoSector
{
    /// <summary>Bytes of this part.</summary>
    public const int Size = 512;

    /// <summary>"RRaA" (<c>signature1</c>).</summary>
    public const uint Magic1 = 0x41615252;

    /// <summary>"rrAa" (<c>signature2</c>).</summary>
    public const uint Magic2 = 0x61417272;

    /// <summary><c>signature1</c>, at 0.</summary>
    public LE32 Signature1;

    /// <summary><c>reserved1</c>, at 4.</summary>
    public FatInfoReserved Reserved1;

    /// <summary><c>signature2</c>, at 484.</summary>
    public LE32 Signature2;

    /// <summary>Free clusters, 0xFFFFFFFF when not known (<c>free_clusters</c>), at 488.</summary>
    public LE32 FreeClusters;

    /// <summary>The cluster that was taken last (<c>next_cluster</c>), at 492.</summary>
    public LE32 NextCluster;

    /// <summary><c>reserved2</c>, at 496.</summary>
    public FatInfoTail Reserved2;

    /// <summary>Whether it is one.</summary>
    public readonly bool IsValid => Signature1 == Magic1 && Signature2 == Magic2;
}

#pragma warning disable S1144, IDE0044, CS0169 // the one element of an inline array is never named

/// <summary>480 bytes that are kept.</summary>
[InlineArray(480)]
internal struct FatInfoReserved
{
    private byte _first;
}

/// <summary>16 bytes that are kept.</summary>
[InlineArray(16)]
internal struct FatInfoTail
{
    private byte _first;
}
#pragma warning restore S1144, IDE0044, CS0169
