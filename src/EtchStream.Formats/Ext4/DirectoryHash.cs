using System.Numerics;

namespace EtchStream.Formats.Ext4;

/// <summary>The hash that orders the names of an indexed directory: legacy, half MD4 or TEA, with bytes taken as signed or unsigned.</summary>
/// <remarks>Source: the kernel's documentation, filesystems/ext4 "Hash Tree Directories"; checked against debugfs's dx_hash.</remarks>
internal sealed class DirectoryHash
{
    private const uint EndOfDirectory = 0xFFFFFFFE;
    private readonly int _version;
    private readonly bool _unsigned;
    private readonly uint[] _seed;

    public DirectoryHash(Ext4Superblock superblock)
    {
        ref var raw = ref superblock.Raw;
        _version = raw.DefaultHashVersion;
        if (_version > 2) throw new UnsupportedFormatException("directory hash", $"the file system's default directory hash {_version} is unknown (legacy, half_md4 and tea are known)");
        _unsigned = (raw.Flags & Layout.Ext4Constants.FlagUnsignedHash) != 0;
        _seed = [raw.HashSeed[0], raw.HashSeed[1], raw.HashSeed[2], raw.HashSeed[3]];
        if (_seed is [0, 0, 0, 0]) _seed = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476];
    }

    /// <summary>The number that an index root keeps (signedness is a property of the file system).</summary>
    public byte Version => (byte)_version;

    /// <summary>Hash of a name; its lowest bit is always 0.</summary>
    public uint Compute(ReadOnlySpan<byte> name)
    {
        var hash = _version switch
        {
            0 => Legacy(name),
            1 => HalfMd4(name),
            _ => Tea(name),
        };
        hash &= ~1u;
        return hash == EndOfDirectory ? EndOfDirectory - 2 : hash;
    }

    private uint Legacy(ReadOnlySpan<byte> name)
    {
        unchecked
        {
            uint previous = 0x37ABE8F9, current = 0x12A3FE2D;
            foreach (var b in name)
            {
                var hash = previous + (current ^ ((uint)Signed(b) * 7152373));
                if ((hash & 0x80000000) != 0) hash -= 0x7FFFFFFF;
                previous = current;
                current = hash;
            }

            return current << 1;
        }
    }

    private uint HalfMd4(ReadOnlySpan<byte> name)
    {
        Span<uint> state = [_seed[0], _seed[1], _seed[2], _seed[3]];
        Span<uint> words = stackalloc uint[8];
        for (var left = name; left.Length > 0; left = left[Math.Min(32, left.Length)..])
        {
            Fill(left, words);
            HalfMd4Rounds(state, words);
        }

        return state[1];
    }

    private uint Tea(ReadOnlySpan<byte> name)
    {
        Span<uint> state = [_seed[0], _seed[1], _seed[2], _seed[3]];
        Span<uint> key = stackalloc uint[4];
        for (var left = name; left.Length > 0; left = left[Math.Min(16, left.Length)..])
        {
            Fill(left, key);
            unchecked
            {
                uint sum = 0, a = state[0], b = state[1];
                for (var round = 0; round < 16; round++)
                {
                    sum += 0x9E3779B9;
                    a += ((b << 4) + key[0]) ^ (b + sum) ^ ((b >> 5) + key[1]);
                    b += ((a << 4) + key[2]) ^ (a + sum) ^ ((a >> 5) + key[3]);
                }

                state[0] += a;
                state[1] += b;
            }
        }

        return state[0];
    }

    /// <summary>Packs the next bytes of a name into words, most significant first; what is missing is filled from the length.</summary>
    private void Fill(ReadOnlySpan<byte> text, Span<uint> words)
    {
        unchecked
        {
            var pad = (uint)text.Length | ((uint)text.Length << 8);
            pad |= pad << 16;
            words.Fill(pad);
            var count = Math.Min(text.Length, words.Length * 4);
            var value = pad;
            for (var i = 0; i < count; i++)
            {
                value = (uint)Signed(text[i]) + (value << 8);
                words[i / 4] = value;
                if (i % 4 == 3) value = pad;
            }
        }
    }

    private int Signed(byte value) => _unsigned ? value : unchecked((sbyte)value);

    private static void HalfMd4Rounds(Span<uint> state, ReadOnlySpan<uint> x)
    {
        unchecked
        {
            const uint Round2 = 0x5A827999, Round3 = 0x6ED9EBA1;
            uint a = state[0], b = state[1], c = state[2], d = state[3];
            for (var i = 0; i < 8; i += 4)
            {
                a = BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + x[i], 3);
                d = BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + x[i + 1], 7);
                c = BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + x[i + 2], 11);
                b = BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + x[i + 3], 19);
            }

            for (var i = 1; i >= 0; i--)
            {
                a = BitOperations.RotateLeft(a + Majority(b, c, d) + x[i] + Round2, 3);
                d = BitOperations.RotateLeft(d + Majority(a, b, c) + x[i + 2] + Round2, 5);
                c = BitOperations.RotateLeft(c + Majority(d, a, b) + x[i + 4] + Round2, 9);
                b = BitOperations.RotateLeft(b + Majority(c, d, a) + x[i + 6] + Round2, 13);
            }

            for (var i = 3; i > 0; i -= 2)
            {
                a = BitOperations.RotateLeft(a + (b ^ c ^ d) + x[i] + Round3, 3);
                d = BitOperations.RotateLeft(d + (a ^ b ^ c) + x[i + 4] + Round3, 9);
                c = BitOperations.RotateLeft(c + (d ^ a ^ b) + x[i - 1] + Round3, 11);
                b = BitOperations.RotateLeft(b + (c ^ d ^ a) + x[i + 3] + Round3, 15);
            }

            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
        }
    }

    private static uint Majority(uint x, uint y, uint z) => unchecked((x & y) + ((x ^ y) & z));
}
