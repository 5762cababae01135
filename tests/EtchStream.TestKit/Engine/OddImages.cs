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

    /// <summary>All of them.</summary>
    public static IReadOnlyList<EngineImage> All { get; } =
        [.. Names(), .. Roots(), .. Duplicates(), .. Aliases(), .. SymlinkedParents(), .. Whiteouts(), .. Opaques(), .. HardLinks(), .. Attributes(), .. Times(), .. Types(), .. Records(), .. Ends()];

    /// <summary>What the engine accepts and the packer refuses on purpose, with the program's exit code.</summary>
    public static IReadOnlyDictionary<string, int> NotPacked { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        // Paths that climb out of the layer: the engine puts them back inside, and cannot save the image any more.
        ["dot-dot out of the root"] = 7,
        ["dot-dot out of the root after a folder"] = 7,
        ["root entry .. with attributes"] = 7,

        // Nothing comes of these, and nobody means them.
        ["an empty name with content"] = 3,
        ["root entry that is a symlink"] = 3,
        ["root entry that is a file"] = 3,

        // The engine cuts these to 32 bits.
        ["owners beyond 32 bits, and names that do not count"] = 4,
    };

    private static EngineImage Accepted(string name, LayerTar tar, bool replays = true) => Raw(name, tar.End(), replays);

    private static EngineImage Raw(string name, byte[] tar, bool replays = true) => new(name, EngineLayer.Gzip(tar)) { IsReplayed = replays };

    private static EngineImage Refused(string name, string refusal, LayerTar tar) => RawRefused(name, refusal, tar.End());

    private static EngineImage RawRefused(string name, string refusal, byte[] tar) => new(name, EngineLayer.Gzip(tar)) { Refusal = refusal };

    private static LayerTar Tar() => new();
}
