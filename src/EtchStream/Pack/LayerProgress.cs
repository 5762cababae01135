namespace EtchStream.Pack;

/// <summary>How far one of the layers is that are fetched side by side.</summary>
/// <param name="DiffId">The layer, <c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="Bytes">Bytes of its blob that came, compressed as it is.</param>
/// <param name="TotalBytes">Bytes of its blob.</param>
public sealed record LayerProgress(string DiffId, long Bytes, long TotalBytes);
