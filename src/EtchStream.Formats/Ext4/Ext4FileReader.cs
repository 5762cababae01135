namespace EtchStream.Formats.Ext4;

/// <summary>Reads the content of one file; its block map is read once, when it is opened.</summary>
public sealed class Ext4FileReader
{
    private readonly Ext4Volume _volume;
    private readonly byte[]? _inline;
    private readonly BlockMap _map;

    internal Ext4FileReader(Ext4Volume volume, Ext4Inode file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _volume = volume;
        Length = file.Size;
        _map = volume.ReadMap(file);
        if (file.HasInlineData) _inline = volume.ReadInlineData(file);
    }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Reads from <paramref name="offset"/>; holes and unwritten extents read as zeros.</summary>
    /// <returns>How many bytes were read: fewer than asked only at the end of the file.</returns>
    public int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= Length) return 0;
        if (buffer.Length > Length - offset) buffer = buffer[..(int)(Length - offset)];
        if (_inline is not null)
        {
            _inline.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return buffer.Length;
        }

        var total = buffer.Length;
        while (buffer.Length > 0)
        {
            var count = ReadPiece(offset, buffer);
            buffer = buffer[count..];
            offset += count;
        }

        return total;
    }

    /// <summary>Reads within one run, or zeros up to the end of a hole or of its block.</summary>
    private int ReadPiece(long offset, Span<byte> buffer)
    {
        var blockSize = _volume.Superblock.BlockSize;
        if (_map.Find(offset / blockSize) is not { } run)
        {
            var zeros = (int)Math.Min(buffer.Length, blockSize - offset % blockSize);
            buffer[..zeros].Clear();
            return zeros;
        }

        var within = offset - run.Logical * blockSize;
        var count = (int)Math.Min(buffer.Length, run.Count * blockSize - within);
        if (run.Unwritten) buffer[..count].Clear();
        else _volume.ReadBytes(run.Physical * blockSize + within, buffer[..count]);
        return count;
    }
}
