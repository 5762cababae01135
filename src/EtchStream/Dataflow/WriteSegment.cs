namespace EtchStream.Dataflow;

/// <summary>One stretch of the disk that is written in one call, or has to read as zeros.</summary>
/// <param name="DiskOffset">Where it lies.</param>
/// <param name="Start">Where its bytes start in the batch's buffer; negative for zeros, which have no bytes there.</param>
/// <param name="Length">Bytes in it.</param>
internal readonly record struct WriteSegment(long DiskOffset, int Start, long Length)
{
    /// <summary>Whether it is zeros.</summary>
    public bool IsZero => Start < 0;
}
