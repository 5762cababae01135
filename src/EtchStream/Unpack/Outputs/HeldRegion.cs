namespace EtchStream.Unpack.Outputs;

/// <summary>A stretch of a device that is kept in memory until everything else is on it.</summary>
/// <param name="start">Its first byte.</param>
/// <param name="length">Bytes in it.</param>
internal sealed class HeldRegion(long start, int length)
{
    /// <summary>Its first byte on the device.</summary>
    public long Start { get; } = start;

    /// <summary>The byte behind it.</summary>
    public long End => Start + Bytes.Length;

    /// <summary>What it will hold.</summary>
    public byte[] Bytes { get; } = new byte[length];
}
