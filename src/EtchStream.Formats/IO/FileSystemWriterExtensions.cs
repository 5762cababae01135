using System.Buffers;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.IO;

/// <summary>For callers that have no queue of their own: whole files, and the end of the run, in one call each.</summary>
public static class FileSystemWriterExtensions
{
    private const int PieceSize = 1 << 20;

    /// <summary>Creates or replaces a regular file, and writes its content.</summary>
    /// <param name="writer">The file system.</param>
    /// <param name="partition">What the file system fills: takes the content, at the places that the file system gives it.</param>
    /// <param name="path">The path, relative to the root.</param>
    /// <param name="attributes">Mode, owner, time, extended attributes.</param>
    /// <param name="content">All of the content.</param>
    public static void WriteFile(this IFileSystemWriter writer, IBlockWriter partition, ReadOnlySpan<byte> path, UnixAttributes attributes, ReadOnlySpan<byte> content)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        writer.WriteFile(partition, path, attributes, stream, content.Length);
    }

    /// <summary>Creates or replaces a regular file, and copies its content from a stream.</summary>
    /// <param name="writer">The file system.</param>
    /// <param name="partition">What the file system fills: takes the content, at the places that the file system gives it.</param>
    /// <param name="path">The path, relative to the root.</param>
    /// <param name="attributes">Mode, owner, time, extended attributes.</param>
    /// <param name="content">Read forward from where it stands; it stays open.</param>
    /// <param name="length">Length of the file in bytes.</param>
    /// <exception cref="EndOfStreamException">The stream ends before. The file system must not be committed then.</exception>
    public static void WriteFile(this IFileSystemWriter writer, IBlockWriter partition, ReadOnlySpan<byte> path, UnixAttributes attributes, Stream content, long length)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(partition);
        ArgumentNullException.ThrowIfNull(content);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            foreach (var place in writer.CreateFile(path, attributes, length))
            {
                for (long done = 0; done < place.Length;)
                {
                    // Places are whole blocks: what the file does not fill of the last one would show what it held before.
                    var piece = buffer.AsSpan(0, (int)Math.Min(PieceSize, place.Length - done));
                    var data = (int)Math.Clamp(length - place.FileOffset - done, 0, piece.Length);
                    content.ReadExactly(piece[..data]);
                    piece[data..].Clear();
                    partition.Write(place.VolumeOffset + done, piece);
                    done += piece.Length;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes all that was held back (<see cref="IFileSystemWriter.Commit"/>): only now the file system has the new files.</summary>
    public static void CommitAll(this IFileSystemWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var _ in writer.Commit())
        {
            // Nothing is queued here, so there is nothing to do between the steps.
        }
    }
}
