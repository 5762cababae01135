using EtchStream.Formats.IO;

namespace EtchStream.Unpack.Growth;

/// <summary>A disk that can be made longer; what is new reads as zeros.</summary>
internal interface IExtensibleDisk : IDisk
{
    /// <summary>Makes it longer.</summary>
    /// <exception cref="Formats.OutOfSpaceException">There is no room for that.</exception>
    void SetLength(long length);
}
