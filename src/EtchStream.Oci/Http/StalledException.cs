namespace EtchStream.Oci.Http;

/// <summary>A connection stayed silent for too long.</summary>
internal sealed class StalledException(TimeSpan timeout, Exception inner)
    : IOException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"nothing came for {timeout.TotalSeconds:0} seconds"), inner);
