using EtchStream.Formats.IO;

namespace EtchStream.Dataflow;

/// <summary>Takes bytes for positions, and is told of the stretches that have to read as zeros, so that none of their bytes need be sent.</summary>
internal interface IZeroingWriter : IBlockWriter
{
    /// <summary>Says that a stretch to which nothing was written yet has to read as zeros.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Bytes in it.</param>
    void Zero(long offset, long length);
}
