using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;

namespace EtchStream.Formats.Tests.Tar;

/// <summary>Entries with everything by chance that an entry can have.</summary>
internal static class TarRandom
{
    public static (TarEntry Entry, byte[] Content) Member(Random random)
    {
        var kind = random.Next(2) == 0 ? FileKind.File : (FileKind)random.Next((int)FileKind.Socket);
        var isLink = kind is FileKind.SymbolicLink or FileKind.HardLink;
        var isDevice = kind is FileKind.CharacterDevice or FileKind.BlockDevice;
        var content = new byte[kind == FileKind.File ? random.Next(3) * random.Next(1500) : 0];
        random.NextBytes(content);
        long size = content.Length;
        List<DataRun>? runs = null;
        if (kind == FileKind.File && random.Next(3) == 0) (runs, size) = Runs(random, content.Length);

        var name = Name(random);
        if (kind == FileKind.Directory) name = [.. name, (byte)'/'];
        var entry = new TarEntry
        {
            Name = name,
            Kind = kind,
            LinkName = isLink ? Name(random) : [],
            Mode = random.Next(0x1000),
            UserId = random.NextInt64(1L << random.Next(1, 33)),
            GroupId = random.NextInt64(1L << random.Next(1, 33)),
            ModificationTime = new UnixTime(random.NextInt64(1L << random.Next(1, 40)) * (random.Next(4) == 0 ? -1 : 1), random.Next(2) * random.Next(1_000_000_000)),
            DeviceMajor = isDevice ? (uint)random.Next(0x1000) : 0,
            DeviceMinor = isDevice ? (uint)random.Next(0x100000) : 0,
            Size = size,
            DataRuns = runs,
            Xattrs = Xattrs(random),
            AclAccess = random.Next(8) == 0 ? "user::rwx,group::r-x,other::r-x"u8.ToArray() : null,
        };
        return (entry, content);
    }

    private static (List<DataRun> Runs, long Size) Runs(Random random, int total)
    {
        var runs = new List<DataRun>();
        long end = 0;
        for (var left = total; left > 0;)
        {
            var length = random.Next(1, left + 1);
            var offset = end + random.NextInt64(1L << random.Next(1, 50));
            runs.Add(new DataRun(offset, length));
            end = offset + length;
            left -= length;
        }

        return (runs, end + (random.Next(2) * random.NextInt64(1L << 40)));
    }

    private static byte[] Name(Random random)
    {
        var length = random.Next(5) switch { 0 => random.Next(1, 10), 1 => random.Next(90, 110), 2 => random.Next(150, 260), 3 => random.Next(1, 100), _ => random.Next(1, 5000) };
        var name = new byte[length];
        var isBinary = random.Next(6) == 0;
        for (var i = 0; i < length; i++) name[i] = random.Next(12) == 0 && i < length - 1 ? (byte)'/' : isBinary ? (byte)random.Next(1, 256) : (byte)random.Next('a', 'z' + 1);
        if (name[^1] == '/') name[^1] = (byte)'e';
        return name;
    }

    private static List<Xattr> Xattrs(Random random)
    {
        var xattrs = new List<Xattr>();
        for (var i = random.Next(4) - 1; i > 0; i--)
        {
            var value = new byte[random.Next(300)];
            random.NextBytes(value);
            xattrs.Add(new Xattr([.. "user.x"u8, (byte)('0' + i), .. Name(random)[..1]], value));
        }

        return xattrs;
    }
}
