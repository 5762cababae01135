using System.Buffers.Binary;
using System.Security.Cryptography;
using EtchStream.TestKit.Native;

namespace EtchStream.TestKit;

/// <summary>
/// A digest of a file's content that costs nothing for its holes: the SHA-256 over the position and the bytes of every 4 KiB
/// chunk that is not all zeros. Two files of the same size have the same content exactly when their digests are equal,
/// whether zeros are stored or left out.
/// </summary>
internal sealed class ContentDigest : IDisposable
{
    private const int Chunk = 4096;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[256 * Chunk];

    public byte[] Of(int descriptor, long size)
    {
        long done = 0;
        while (done < size)
        {
            var data = Libc.Seek(descriptor, done, Libc.SeekData);
            if (data < 0)
            {
                // ENXIO: nothing but a hole up to the end.
                if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Libc.NoSuchDeviceOrAddress) break;
                throw Libc.Failure("lseek SEEK_DATA");
            }

            var hole = Libc.Seek(descriptor, data, Libc.SeekHole);
            if (hole < 0) throw Libc.Failure("lseek SEEK_HOLE");
            var start = Math.Max(done, data / Chunk * Chunk);
            var end = Math.Min(size, (hole + Chunk - 1) / Chunk * Chunk);
            AddRange(descriptor, start, end);
            done = end;
        }

        return _hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();

    private void AddRange(int descriptor, long start, long end)
    {
        Span<byte> position = stackalloc byte[8];
        while (start < end)
        {
            var wanted = (int)Math.Min(_buffer.Length, end - start);
            var filled = 0;
            while (filled < wanted)
            {
                var count = (int)Libc.Read(descriptor, _buffer.AsSpan(filled, wanted - filled), (nuint)(wanted - filled), start + filled);
                if (count < 0) throw Libc.Failure($"read at {start + filled}");
                if (count == 0) throw new IOException($"the file ends at byte {start + filled}, before its size");
                filled += count;
            }

            for (var at = 0; at < wanted; at += Chunk)
            {
                var chunk = _buffer.AsSpan(at, Math.Min(Chunk, wanted - at));
                if (chunk.IndexOfAnyExcept((byte)0) < 0) continue;
                BinaryPrimitives.WriteInt64LittleEndian(position, start + at);
                _hash.AppendData(position);
                _hash.AppendData(chunk);
            }

            start += wanted;
        }
    }
}
