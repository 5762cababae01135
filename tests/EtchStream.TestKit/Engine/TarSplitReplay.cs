using System.Security.Cryptography;
using EtchStream.Oci;
using EtchStream.TestKit.Native;

namespace EtchStream.TestKit.Engine;

/// <summary>Puts a layer's tar together again from its tar-split and its <c>diff</c> folder, as <c>docker save</c>, push and delta updates do.</summary>
public static class TarSplitReplay
{
    /// <summary>The digest of the tar that comes out; right when it is the diff ID.</summary>
    /// <exception cref="IOException">A file is missing, has another size than recorded, or cannot be read.</exception>
    public static Digest Replay(TarSplit split, string diff)
    {
        ArgumentNullException.ThrowIfNull(split);
        using var root = DirectoryHandle.Open(diff);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        foreach (var record in split.Records)
        {
            if (record.Segment is not null) hash.AppendData(record.Segment);
            else if (record.Size > 0) Append(hash, root, record, buffer);
        }

        return Digest.FromSha256(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, DirectoryHandle root, TarSplitRecord record, byte[] buffer)
    {
        // Absolute names count from the folder; what climbs out of it does not exist for the engine either.
        byte[] name = UnixPath.Clean(record.Name.AsSpan().TrimStart((byte)'/'));
        var shown = TreeText.Show(record.Name);
        if (name.AsSpan().StartsWith("../"u8)) throw new IOException($"{shown} is outside of the layer");
        var descriptor = Libc.OpenAt(root.Descriptor, [.. name, 0], Libc.ReadOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0) throw Libc.Failure($"open {shown}");
        try
        {
            long done = 0;
            while (true)
            {
                var count = (int)Libc.Read(descriptor, buffer, (nuint)buffer.Length, done);
                if (count < 0) throw Libc.Failure($"read {shown}");
                if (count == 0) break;
                hash.AppendData(buffer, 0, count);
                done += count;
            }

            if (done != record.Size) throw new IOException($"{shown} has {done} bytes where {record.Size} are recorded");
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }
}
