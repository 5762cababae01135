using System.Security.Cryptography;
using EtchStream.TestKit.Engine;

namespace EtchStream.Cli.Tests.Hostile;

/// <summary>One hostile archive, and what <c>unpack</c> has to make of it.</summary>
/// <param name="Name">What is hostile about it.</param>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Message">A part of the one line that tells why; of the summary where the exit code is 0.</param>
/// <param name="Members">Adds the members.</param>
internal sealed record HostileRow(string Name, int ExitCode, string Message, Func<LayerTar, LayerTar> Members)
{
    /// <summary>The manifest of an etch archive with the image of <see cref="HostileDisk"/>.</summary>
    public const string Manifest = """{"format":"etch-archive","version":1,"image":{"name":"disk.img","size":5242880},"partitions":[],"injected":[]}""";

    /// <summary>Its trailer, in which SUM and LENGTH become what is right.</summary>
    public const string Trailer = """{"format":"etch-trailer","version":1,"archive":{"sha256":"SUM","length":LENGTH},"partitions":[]}""";

    /// <summary>The archive.</summary>
    public byte[] Build() => Members(new LayerTar()).End();

    /// <summary>Members behind the image, in an archive made by hand.</summary>
    public static HostileRow Behind(string name, int exitCode, string message, Func<LayerTar, LayerTar> members) => new(name, exitCode, message, tar => members(Image(tar)));

    /// <summary>Members between image and trailer, in an etch archive with this manifest.</summary>
    public static HostileRow Etch(string name, int exitCode, string message, string manifest, Func<LayerTar, LayerTar>? members = null, string trailer = Trailer) => new(name, exitCode, message, tar =>
    {
        Image(tar.File("manifest.json", manifest));
        return Trailed(members?.Invoke(tar) ?? tar, trailer);
    });

    /// <summary>Adds the image.</summary>
    public static LayerTar Image(LayerTar tar) => tar.Entry(new LayerEntry("disk.img"), HostileDisk.Image);

    /// <summary>Adds a trailer.</summary>
    public static LayerTar Trailed(LayerTar tar, string json = Trailer)
    {
        var soFar = tar.ToArray();
        return tar.File("etch-trailer.json", json.Replace("SUM", Convert.ToHexStringLower(SHA256.HashData(soFar))).Replace("LENGTH", $"{soFar.Length}"));
    }
}
