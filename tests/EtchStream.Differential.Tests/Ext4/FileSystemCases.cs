using Xunit;

namespace EtchStream.Differential.Tests.Ext4;

/// <summary>The file systems of the matrix.</summary>
internal static class FileSystemCases
{
    /// <summary>All cases, soak ones among them.</summary>
    public static IReadOnlyList<FileSystemCase> All { get; } = [.. Features(), .. Older(), .. Pasts(), .. Balena(), .. Large(), .. Soak()];

    /// <summary>The names of the cases that <paramref name="cases"/> holds, as theory data.</summary>
    public static TheoryData<string> Names(IEnumerable<FileSystemCase> cases) => [.. cases.Select(c => c.Name)];

    /// <summary>The case of a name.</summary>
    public static FileSystemCase Get(string name) => All.Single(c => c.Name == name);

    /// <summary>ext4 with features on and off.</summary>
    public static IEnumerable<FileSystemCase> Features()
    {
        yield return new("ext4 as mke2fs makes it", "-t ext4 -b 4096", 640) { Payload = Payload.HostileAndDebian };
        yield return new("ext4, blocks of 1 KiB", "-t ext4 -b 1024 -i 8192", 256) { PayloadBlockSize = 1024 };
        yield return new("ext4, blocks of 2 KiB", "-t ext4 -b 2048 -i 8192") { PayloadBlockSize = 2048 };
        yield return new("ext4, holes that are no multiple of a block", "-t ext4 -b 4096 -i 8192") { PayloadBlockSize = 1024 };
        yield return new("ext4, inodes of 128 bytes", "-t ext4 -b 4096 -i 8192 -I 128");
        yield return new("ext4, inodes of 512 bytes", "-t ext4 -b 4096 -i 8192 -I 512");
        yield return new("ext4, inodes of 1 KiB", "-t ext4 -b 4096 -i 8192 -I 1024");
        yield return new("ext4, no 64bit", "-t ext4 -b 4096 -i 8192 -O ^64bit");
        yield return new("ext4, no metadata_csum", "-t ext4 -b 4096 -i 8192 -O ^metadata_csum");
        yield return new("ext4, uninit_bg", "-t ext4 -b 4096 -i 8192 -O ^metadata_csum,uninit_bg,^64bit");
        yield return new("ext4, uninit_bg and 64bit, 1 KiB", "-t ext4 -b 1024 -i 8192 -O ^metadata_csum,uninit_bg", 256) { PayloadBlockSize = 1024 };
        yield return new("ext4, neither metadata_csum nor uninit_bg", "-t ext4 -b 4096 -i 8192 -O ^metadata_csum,^uninit_bg");
        yield return new("ext4, no flex_bg", "-t ext4 -b 4096 -i 8192 -O ^flex_bg", 300);
        yield return new("ext4, no flex_bg, 1 KiB, many groups", "-t ext4 -b 1024 -i 8192 -O ^flex_bg", 300) { PayloadBlockSize = 1024 };
        yield return new("ext4, no dir_index", "-t ext4 -b 4096 -i 8192 -O ^dir_index");
        yield return new("ext4, tea hash", "-t ext4 -b 1024 -i 8192", 256) { PayloadBlockSize = 1024, Tune = "-E hash_alg=tea" };
        yield return new("ext4, legacy hash", "-t ext4 -b 4096 -i 8192") { Tune = "-E hash_alg=legacy" };
        yield return new("ext4, nothing lazy", "-t ext4 -b 4096 -i 8192 -E lazy_itable_init=0,lazy_journal_init=0");
        yield return new("ext4, all lazy", "-t ext4 -b 4096 -i 8192 -E lazy_itable_init=1,lazy_journal_init=1", 300);
        yield return new("ext4, no orphan_file", "-t ext4 -b 4096 -i 8192 -O ^orphan_file");
        yield return new("ext4, orphan_file", "-t ext4 -b 4096 -i 8192 -O orphan_file");
        yield return new("ext4, no metadata_csum_seed", "-t ext4 -b 4096 -i 8192 -O ^metadata_csum_seed");
        yield return new("ext4, metadata_csum_seed", "-t ext4 -b 4096 -i 8192 -O metadata_csum_seed");
        yield return new("ext4, inline_data", "-t ext4 -b 4096 -i 8192 -O inline_data");
        yield return new("ext4, inline_data, 1 KiB", "-t ext4 -b 1024 -i 8192 -O inline_data", 256) { PayloadBlockSize = 1024 };
        yield return new("ext4, no extents", "-t ext4 -b 4096 -i 8192 -O ^extent,^64bit,^flex_bg");
        yield return new("ext4, meta_bg", "-t ext4 -b 4096 -i 8192 -O meta_bg,^resize_inode", 300);
        yield return new("ext4, meta_bg, 1 KiB", "-t ext4 -b 1024 -i 8192 -O meta_bg,^resize_inode", 300) { PayloadBlockSize = 1024 };
        yield return new("ext4, sparse_super2", "-t ext4 -b 4096 -i 8192 -O sparse_super2,^resize_inode", 300);
        yield return new("ext4, no sparse_super", "-t ext4 -b 4096 -i 8192 -O ^sparse_super,^resize_inode", 300);
        yield return new("ext4, large_dir", "-t ext4 -b 1024 -i 8192 -O large_dir", 256) { PayloadBlockSize = 1024 };
        yield return new("ext4, no resize_inode", "-t ext4 -b 4096 -i 8192 -O ^resize_inode");
        yield return new("ext4, ea_inode", "-t ext4 -b 1024 -i 8192 -O ea_inode", 256) { PayloadBlockSize = 1024 };
        yield return new("ext4, no filetype", "-t ext4 -b 4096 -i 8192 -O ^filetype,^dir_index");
        yield return new("ext4, no dir_nlink, no extra_isize, no huge_file", "-t ext4 -b 4096 -i 8192 -O ^dir_nlink,^extra_isize,^huge_file");
        yield return new("ext4, no journal", "-t ext4 -b 4096 -i 8192 -O ^has_journal");
        yield return new("ext4, fast_commit and stable_inodes", "-t ext4 -b 4096 -i 8192 -O fast_commit,stable_inodes");
        yield return new("ext4, small flex groups", "-t ext4 -b 1024 -i 8192 -G 4", 300) { PayloadBlockSize = 1024 };
        yield return new("ext4, groups of odd size", "-t ext4 -b 4096 -i 8192 -g 4104", 200);
        yield return new("ext4, few inodes left in each group", "-t ext4 -b 1024 -N 9000", 256) { PayloadBlockSize = 1024 };
        yield return new("ext4, RAID stride", "-t ext4 -b 4096 -i 8192 -E stride=4,stripe_width=16", 200);
        yield return new("ext4, small journal, label, reserved blocks", "-t ext4 -b 4096 -i 8192 -J size=4 -L a-label -m 10");
    }

    /// <summary>ext2 and ext3.</summary>
    public static IEnumerable<FileSystemCase> Older()
    {
        foreach (var type in (string[])["ext2", "ext3"])
        {
            foreach (var (block, inode) in ((int, int)[])[(1024, 128), (1024, 256), (2048, 256), (4096, 128), (4096, 256)])
            {
                yield return new($"{type}, blocks of {block}, inodes of {inode}", $"-t {type} -b {block} -I {inode} -i 8192", block == 1024 ? 256 : 128) { PayloadBlockSize = block };
            }

            yield return new($"{type}, no dir_index, no resize_inode", $"-t {type} -b 4096 -i 8192 -O ^dir_index,^resize_inode");
        }

        yield return new("ext3 as old mke2fs made it", "-t ext3 -b 4096 -I 128 -i 8192 -O ^large_file,^ext_attr") { PayloadBlockSize = 4096 };
        yield return new("ext3 with a Debian", "-t ext3 -b 4096 -i 8192", 640) { Payload = Payload.HostileAndDebian };
    }

    /// <summary>File systems that a kernel has used before.</summary>
    public static IEnumerable<FileSystemCase> Pasts()
    {
        foreach (var (name, options, block) in ((string, string, int)[])[
            ("ext4", "-t ext4 -b 4096 -i 8192", 4096),
            ("ext4 1 KiB", "-t ext4 -b 1024 -i 8192", 1024),
            ("ext4 inline_data", "-t ext4 -b 4096 -i 8192 -O inline_data", 4096),
            ("ext4 uninit_bg", "-t ext4 -b 4096 -i 8192 -O ^metadata_csum,uninit_bg", 4096),
            ("ext3", "-t ext3 -b 4096 -i 8192", 4096),
            ("ext2 1 KiB", "-t ext2 -b 1024 -I 128 -i 8192", 1024)])
        {
            yield return new($"{name}, 90 % full and fragmented", options, 320) { Past = Past.FullAndFragmented, PayloadBlockSize = block };
            yield return new($"{name}, used before", options, 256) { Past = Past.Used, PayloadBlockSize = block };
        }
    }

    /// <summary>Disks laid out as balenaOS has them.</summary>
    public static IEnumerable<FileSystemCase> Balena()
    {
        yield return new("balenaOS on MBR, partition 6", "", 640) { Layout = DiskLayout.BalenaMbr, Payload = Payload.HostileAndDebian };
        yield return new("balenaOS on GPT, by label", "", 640) { Layout = DiskLayout.BalenaGpt, Payload = Payload.HostileAndDebian };
        yield return new("balenaOS on MBR, used before", "", 256) { Layout = DiskLayout.BalenaMbr, Past = Past.Used };
    }

    /// <summary>Those that take 100 000 names in one folder and 65 000 folders in another.</summary>
    public static IEnumerable<FileSystemCase> Large()
    {
        yield return new("ext4, large folders", "-t ext4 -b 4096 -N 190000", 900) { Payload = Payload.Big };
        yield return new("ext4, large folders, 1 KiB", "-t ext4 -b 1024 -N 190000", 700) { Payload = Payload.Big, PayloadBlockSize = 1024 };
    }

    /// <summary>The cross product of what may be combined, for long runs only.</summary>
    public static IEnumerable<FileSystemCase> Soak()
    {
        foreach (var block in (int[])[1024, 2048, 4096])
        foreach (var inode in (int[])[128, 256])
        foreach (var checksum in (string[])["metadata_csum", "^metadata_csum,uninit_bg", "^metadata_csum,^uninit_bg"])
        foreach (var bits in (string[])["64bit", "^64bit"])
        foreach (var flex in (string[])["flex_bg", "^flex_bg"])
        foreach (var index in (string[])["dir_index", "^dir_index"])
        foreach (var past in (Past[])[Past.New, Past.Used])
        {
            var features = $"{checksum},{bits},{flex},{index}";
            yield return new($"soak: {block}/{inode} {features} {past}", $"-t ext4 -b {block} -I {inode} -i 8192 -O {features}", 256) { PayloadBlockSize = block, Past = past };
        }
    }
}
