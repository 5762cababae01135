using EtchStream.TestKit.Registry;

namespace EtchStream.Cli.Tests;

/// <summary>Few bytes that become very many: a gzip of many members, all but the first and the last of them zeros.</summary>
internal static class ZeroBomb
{
    /// <summary>Zeros in one member.</summary>
    public const int Member = 64 << 20;

    /// <summary>A member of zeros, compressed.</summary>
    public static byte[] Zeros { get; } = TestImage.Gzip(new byte[Member]);

    /// <summary>Begins and ends with something, with so many members of zeros between.</summary>
    public static byte[] Of(byte[] start, int zeros, byte[] end)
    {
        using var bomb = new MemoryStream();
        bomb.Write(TestImage.Gzip(start));
        for (var i = 0; i < zeros; i++) bomb.Write(Zeros);
        bomb.Write(TestImage.Gzip(end));
        return bomb.ToArray();
    }
}
