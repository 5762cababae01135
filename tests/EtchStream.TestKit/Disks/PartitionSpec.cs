namespace EtchStream.TestKit;

/// <summary>One partition to be made.</summary>
/// <param name="Number">Its number as the kernel counts: 1 to 4 primary, from 5 logical (MBR).</param>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Type">MBR type byte; 0x0f is the extended partition.</param>
/// <param name="Name">GPT name, and label of the file system.</param>
public sealed record PartitionSpec(int Number, long Start, long Length, byte Type, string Name)
{
    /// <summary>First byte behind it.</summary>
    public long End => Start + Length;
}
