namespace EtchStream.TestKit;

/// <summary>Which Debian 12 package brings which program, and where programs are looked for.</summary>
public static class HostPackages
{
    /// <summary>A terminal emulator, for Python.</summary>
    public const string Pyte = "/usr/lib/python3/dist-packages/pyte/__init__.py";

    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["mke2fs"] = "e2fsprogs",
        ["e2fsck"] = "e2fsprogs",
        ["dumpe2fs"] = "e2fsprogs",
        ["debugfs"] = "e2fsprogs",
        ["tune2fs"] = "e2fsprogs",
        ["resize2fs"] = "e2fsprogs",
        ["e2image"] = "e2fsprogs",
        ["lsattr"] = "e2fsprogs",
        ["chattr"] = "e2fsprogs",
        ["filefrag"] = "e2fsprogs",
        ["mkfs.vfat"] = "dosfstools",
        ["fsck.vfat"] = "dosfstools",
        ["fatlabel"] = "dosfstools",
        ["mcopy"] = "mtools",
        ["mdir"] = "mtools",
        ["mtype"] = "mtools",
        ["mmd"] = "mtools",
        ["mattrib"] = "mtools",
        ["mdel"] = "mtools",
        ["linux.uml"] = "user-mode-linux",
        ["mkfs.btrfs"] = "btrfs-progs",
        ["mkfs.erofs"] = "erofs-utils",
        ["mkfs.exfat"] = "exfatprogs",
        ["mkfs.f2fs"] = "f2fs-tools",
        ["mkfs.xfs"] = "xfsprogs",
        ["mksquashfs"] = "squashfs-tools",
        ["cryptsetup"] = "cryptsetup-bin",
        ["mkswap"] = "util-linux",
        ["script"] = "bsdutils",
        ["fish"] = "fish",
        ["groff"] = "groff-base",
        ["nginx"] = "nginx-light",
        ["openssl"] = "openssl",
        ["/usr/bin/python3"] = "python3-minimal",
        [Pyte] = "python3-pyte",
        ["jsonschema"] = "python3-jsonschema",
        ["partx"] = "util-linux",
        ["tar"] = "tar",
        ["bsdtar"] = "libarchive-tools",
        ["cpio"] = "cpio",
        ["sfdisk"] = "fdisk",
        ["fdisk"] = "fdisk",
        ["sgdisk"] = "gdisk",
        ["parted"] = "parted",
        ["setfattr"] = "attr",
        ["getfattr"] = "attr",
        ["setfacl"] = "acl",
        ["getfacl"] = "acl",
        ["setcap"] = "libcap2-bin",
        ["getcap"] = "libcap2-bin",
        ["debootstrap"] = "debootstrap",
        ["zstd"] = "zstd",
        ["xz"] = "xz-utils",
        ["gzip"] = "gzip",
        ["bzip2"] = "bzip2",
        ["zip"] = "zip",
        ["unzip"] = "unzip",
        ["strace"] = "strace",
        ["dockerd"] = "docker.io",
        ["docker"] = "docker.io",
        ["docker-registry"] = "docker-registry",
        ["busybox"] = "busybox-static",
        ["umoci"] = "umoci",
        ["skopeo"] = "skopeo",
        ["bmaptool"] = "bmap-tools",
        ["losetup"] = "mount",
        ["mount"] = "mount",
        ["umount"] = "mount",
        ["truncate"] = "coreutils",
        ["mkfifo"] = "coreutils",
        ["cp"] = "coreutils",
        ["dd"] = "coreutils",
        ["sync"] = "coreutils",
        ["taskset"] = "util-linux",
        ["setpriv"] = "util-linux",
        ["prlimit"] = "util-linux",
        ["unshare"] = "util-linux",
        ["findmnt"] = "util-linux",
        ["blkid"] = "util-linux",
        ["readelf"] = "binutils",
        ["dpkg-deb"] = "dpkg",
    };

    /// <summary>The folders that are searched: those of PATH, then the system's own, since an unprivileged PATH often lacks the sbin folders.</summary>
    public static IReadOnlyList<string> SearchPath { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
        .Distinct(StringComparer.Ordinal)
        .ToArray();

    /// <summary>True when a missing tool has to fail a test instead of skipping it (the continuous integration sets this).</summary>
    public static bool AreRequired => Environment.GetEnvironmentVariable("ETCHSTREAM_REQUIRE_TOOLS") == "1";

    /// <summary>The Debian package that brings <paramref name="tool"/>.</summary>
    public static string PackageOf(string tool) => Packages.GetValueOrDefault(tool, tool);

    /// <summary>Full path of a program, or null when the machine does not have it.</summary>
    public static string? Find(string tool) =>
        tool.Contains('/')
            ? File.Exists(tool) ? tool : null
            : SearchPath.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);

    /// <summary>Why a test cannot run here, as one line, or null when it can.</summary>
    /// <param name="tools">Names of programs.</param>
    /// <param name="requiresRoot">True when the test mounts, or makes device nodes.</param>
    public static string? WhyNot(IReadOnlyList<string> tools, bool requiresRoot)
    {
        var missing = tools.Where(tool => Find(tool) is null).ToArray();
        if (missing.Length > 0)
            return $"needs {string.Join(", ", missing)}: apt-get install {string.Join(' ', missing.Select(PackageOf).Distinct(StringComparer.Ordinal))}";
        return requiresRoot && !Environment.IsPrivilegedProcess ? "needs root (loop mounts, device nodes, owners)" : null;
    }
}
