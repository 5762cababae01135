namespace EtchStream.TestKit.Engine;

/// <summary>
/// Images of one hand-made layer each, odd and hostile ones among them, with what moby 20.10 makes of them. All were tried with it,
/// and a test holds the expectations to the engine on the machine.
/// </summary>
public static partial class OddImages
{
    private const string Duplicate = "duplicates of file paths not supported";

    // struct vfs_cap_data, revision 2, as setcap writes it.
    private static readonly byte[] Capability = Convert.FromHexString("0100000200200000000000000000000000000000");

    /// <summary>The image that our packer takes, but no ext4 of the usual kind.</summary>
    public const string BigXattr = "an xattr beyond what the file system takes";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<EngineImage> All { get; } =
        [.. Names(), .. Roots(), .. Duplicates(), .. Aliases(), .. SymlinkedParents(), .. Whiteouts(), .. Opaques(), .. HardLinks(), .. Attributes(), .. Times(), .. Types(), .. Records(), .. Ends()];

    private static EngineImage Accepted(string name, LayerTar tar, bool replays = true) => Raw(name, tar.End(), replays);

    // Where engine and packer think differently. Paths that climb out of the layer (7) the engine puts back inside, and cannot save the
    // image any more; of what has no name, and of a root that is no folder (3), it makes nothing; owners beyond 32 bits (4) it cuts. What it
    // refuses because a name comes twice is taken (0), the later entry wins; so is what later engines and other programs take.
    private static EngineImage Packed(this EngineImage image, int exitCode) => image with { PackExitCode = exitCode };

    private static EngineImage Raw(string name, byte[] tar, bool replays = true) => new(name, EngineLayer.Gzip(tar)) { IsReplayed = replays };

    private static EngineImage Refused(string name, string refusal, LayerTar tar) => RawRefused(name, refusal, tar.End());

    private static EngineImage RawRefused(string name, string refusal, byte[] tar) => new(name, EngineLayer.Gzip(tar)) { Refusal = refusal };

    private static LayerTar Tar() => new();
}
