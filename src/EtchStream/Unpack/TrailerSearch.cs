using System.Security.Cryptography;
using System.Text;
using EtchStream.Archive;
using EtchStream.Unpack.Growth;

namespace EtchStream.Unpack;

/// <summary>
/// Looks for the trailer in bytes that no parser can follow any more, by its name at the start of a block, and takes the digest of all
/// that is before it. The last such block counts: a file of the archive may be an archive itself.
/// </summary>
internal sealed class TrailerSearch
{
    private const int Block = 512;
    private const int MaxLength = ArchiveTrailer.MaxLength + (4 * Block);

    private static readonly byte[] s_name = Encoding.ASCII.GetBytes(ArchiveNames.Trailer + "\0");

    private readonly MemoryStream _bytes = new();
    private long _offset = -1;

    /// <summary>SHA-256 of all bytes before the trailer; null while none was found.</summary>
    public byte[]? Digest { get; private set; }

    /// <summary>Adds a piece to <paramref name="hash"/>, and looks into it.</summary>
    public void Append(ReadOnlySpan<byte> data, long position, IncrementalHash hash)
    {
        var hashed = 0;
        // Pieces are whole blocks, but for the last; were they not, the trailer would just not be found.
        for (var at = (int)((Block - (position % Block)) % Block); at + Block <= data.Length; at += Block)
        {
            if (!data[at..].StartsWith(s_name)) continue;
            hash.AppendData(data[hashed..at]);
            Keep(data[hashed..at]);
            hashed = at;
            Digest = hash.GetCurrentHash();
            _offset = position + at;
            _bytes.SetLength(0);
        }

        hash.AppendData(data[hashed..]);
        Keep(data[hashed..]);
    }

    /// <summary>The trailer, if it was found, is whole, and says that its digest is over just what is before it; null otherwise.</summary>
    public async Task<ArchiveTrailer?> ReadAsync(CancellationToken cancellationToken)
    {
        if (Digest is null) return null;
        var content = await SeekableArchive.ReadMemberAsync(_bytes, 0, ArchiveNames.Trailer, ArchiveTrailer.MaxLength, cancellationToken).ConfigureAwait(false);
        if (content is null) return null;
        var trailer = ArchiveTrailer.Parse(content);
        return trailer.Archive.Length == _offset ? trailer : null;
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (Digest is not null) _bytes.Write(data[..(int)Math.Min(data.Length, MaxLength - _bytes.Length)]);
    }
}
