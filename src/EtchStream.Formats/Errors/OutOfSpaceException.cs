namespace EtchStream.Formats;

/// <summary>A file system, partition or disk has no room left: no free blocks, no free inodes, no space in a fixed folder.</summary>
public sealed class OutOfSpaceException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line that says what ran out and how much was there.</param>
    /// <param name="needed">How much is needed (bytes, or inodes when <paramref name="message"/> says so); 0 where not known.</param>
    /// <param name="available">How much there is, in the same unit.</param>
    /// <param name="inner">The cause, where another error led here.</param>
    public OutOfSpaceException(string message, long needed = 0, long available = 0, Exception? inner = null)
        : base(message, inner)
    {
        Needed = needed;
        Available = available;
    }

    /// <summary>What is needed, 0 where not known.</summary>
    public long Needed { get; }

    /// <summary>What there is.</summary>
    public long Available { get; }
}
