using EtchStream.Formats.IO;

namespace EtchStream.Unpack.Growth;

/// <summary>A disk that can be made longer; what is new reads as zeros.</summary>
internal interface IExtensibleDisk : IDisk
{
    /// <summary>
    /// The longest that it can be made, as far as that is known beforehand. Where several are written at once, those that cannot hold what is
    /// needed do not count, unless none can.
    /// </summary>
    /// <param name="needed">Bytes that it has to have.</param>
    long MaxLengthFor(long needed);

    /// <summary>Gives it a length.</summary>
    /// <exception cref="Formats.OutOfSpaceException">There is no room for that.</exception>
    void SetLength(long length);
}
