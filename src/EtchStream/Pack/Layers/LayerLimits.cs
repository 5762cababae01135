namespace EtchStream.Pack.Layers;

/// <summary>What is kept of one layer in memory at most, so that a small blob which unpacks to gigabytes of names cannot take all of it.</summary>
/// <param name="Paths">Names in folders, those that are only implied and those that were taken away among them.</param>
/// <param name="NameBytes">Bytes of the names, and of the targets of symbolic links.</param>
/// <param name="XattrBytes">Bytes of the folders' extended attributes.</param>
internal sealed record LayerLimits(int Paths, int NameBytes, long XattrBytes)
{
    /// <summary>Far more than any image has: an ext4 file system of 100 GB holds six million objects, if made as usual.</summary>
    public static LayerLimits Usual { get; } = new(Paths: 8_000_000, NameBytes: 512 << 20, XattrBytes: 256 << 20);
}
