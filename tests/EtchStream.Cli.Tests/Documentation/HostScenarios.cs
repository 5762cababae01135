using EtchStream.TestKit;
using EtchStream.TestKit.Registry;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>The scenarios that need programs of the host, and some of them root: devices, mounts, permissions, file systems of another kind.</summary>
internal static class HostScenarios
{
    private const long MiB = 1 << 20;

    public static IReadOnlyDictionary<string, Func<Bench, Task<HostToolResult>>> All { get; } = new Dictionary<string, Func<Bench, Task<HostToolResult>>>(StringComparer.Ordinal)
    {
        ["FILE: no permission to read it; run as its owner or as root"] = Does(b =>
        {
            HostTool.RunOk("chmod", "000", b.Write("secret", "x"));
            return Bench.RunUnprivileged("pack", "--image", b.Folder["secret"], "-o", b.Output);
        }),
        ["DEVICE: no permission to write the device; run as root, or as a member of its group (often 'disk')"] = Does(b =>
        {
            var number = b.MakeDevice(64 * MiB).Path["/dev/loop".Length..];
            HostTool.RunOk("mknod", "-m", "000", b.Folder["device"], "b", "7", number);
            return Bench.RunUnprivileged("unpack", b.Archive, b.Folder["device"]);
        }),
        ["FILE: no permission to write in its folder FOLDER; name another one, or run as its owner or as root"] = Does(b =>
        {
            HostTool.RunOk("chmod", "555", b.Folder.MakeFolder("closed"));
            return Bench.RunUnprivileged("unpack", b.Archive, b.Folder["closed/output"]);
        }),
        ["FILE: it cannot be written: Read-only file system"] = Does(b => Bench.Run("unpack", b.Archive, Path.Combine(b.Mount("-t", "tmpfs", "-o", "ro", "tmpfs"), "output"))),

        ["FILE: no partition with the label \"PART\"; the image has …"] = Does(b =>
        {
            b.Folder.MakeFolder("inject/nowhere/x");
            HostTool.RunOk("tar", "-cf", b.Output, "-C", Path.GetDirectoryName(b.Image)!, Path.GetFileName(b.Image), "-C", b.Folder.FullPath, "inject");
            return Bench.Run("unpack", b.Output, b.Folder["unpacked"]);
        }),

        ["FILE: partition N: the file system has the feature bigalloc, which cannot be written: make the file system without it"] = Does(b => Unpack(b, MakeExt4(b, "-O", "bigalloc"))),
        ["FILE: partition N: the file system was not cleanly unmounted (state \"not clean\"): run e2fsck -f on the partition before the image is packed"] = Does(b =>
        {
            var image = MakeExt4(b);
            HostTool.RunOk("debugfs", "-w", "-R", "set_super_value state 0", $"{image}?offset={MiB}");
            return Unpack(b, image);
        }),
        ["FILE: partition N (PART), path PATH: a FAT file system holds no symbolic links; bring the file itself"] = Does(b =>
        {
            File.CreateSymbolicLink(Path.Combine(b.Folder.MakeFolder("tree"), "link"), "target");
            return b.PackAndUnpack("--inject", $"BOOT:/x={b.Folder["tree"]}");
        }),
        ["FILE: zstd needs the library libzstd.so.1, which this system lacks; install it …"] = Does(b =>
        {
            b.Pack("--compress", "zstd").Succeeded();

            // In a mount namespace of its own, where the library is something that cannot be loaded.
            const string Hidden = """
                for library in $(ldconfig -p | sed -n 's/.*libzstd\.so\.1 .*=> //p'); do mount --bind /dev/null "$(readlink -f "$library")"; done
                exec "$0" unpack "$1" "$2"
                """;
            return HostTool.Run("unshare", "--mount", "--", "sh", "-c", Hidden, EtchStreamProgram.Path, b.Output, b.Folder["unpacked"]);
        }),

        ["FILE: no space left on its disk (N bytes free; the image needs up to N bytes)"] = Does(b => Bench.Run("unpack", b.Archive, Path.Combine(b.Mount("-t", "tmpfs", "-o", "size=128k", "tmpfs"), "output"))),
        ["DEVICE: the device has N bytes, the image needs N; use a larger one"] = Does(b => Bench.Run("unpack", b.Archive, b.MakeDevice(8 * MiB).Path)),

        ["DEVICE: it is mounted at FOLDER (umount FOLDER); a device that is in use is never written"] = Does(b =>
        {
            var device = b.MakeDevice(64 * MiB);
            HostTool.RunOk("mke2fs", "-q", "-F", device.Path);
            b.Mount("-o", "ro", device.Path);
            return Bench.Run("unpack", b.Archive, device.Path);
        }),
        ["DEVICE: it is read-only: a write-protect switch, or set so (blockdev --setro); --force makes it writable, where it can be"] = Does(b => Bench.Run("unpack", b.Archive, b.MakeDevice(64 * MiB, readOnly: true).Path)),
        ["FILE: it is not signed, and only a signed archive is to be taken (--trusted-key); sign it with 'etchstream pack --sign'"] = Does(b => Bench.Run("unpack", b.Archive, b.Output, "--trusted-key", MakeKey(b, "key") + ".pub")),
        ["FILE: its signature was made by none of the trusted keys, or the archive was altered"] = Does(b =>
        {
            b.Pack("--sign", MakeKey(b, "key")).Succeeded();
            return Bench.Run("unpack", b.Output, b.Folder["unpacked"], "--trusted-key", MakeKey(b, "other") + ".pub");
        }),

        ["interrupted; nothing was left behind"] = async b =>
        {
            var server = await b.StartWebServerAsync();
            server.Put("/a.tar", new(await File.ReadAllBytesAsync(b.Archive)));
            server.Fail(Fault.HangAfter(500_000));
            using var process = CliProcess.Start("unpack", server.Url + "/a.tar", b.Output);
            var error = process.StandardError.ReadToEndAsync();
            while (server.Requests.Count == 0) await Task.Delay(20);
            HostTool.RunOk("kill", "-INT", $"{process.Id}");
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            return new HostToolResult(process.ExitCode, "", await error, "unpack");
        },
    };

    private static string MakeExt4(Bench bench, params string[] options)
    {
        var image = bench.Folder["disk.img"];
        var spec = DiskImages.OnePartition(image, 64 * MiB);
        Ext4Image.Make(image, spec.Start, spec.Length, ["-t", "ext4", .. options]);
        return image;
    }

    private static HostToolResult Unpack(Bench bench, string image)
    {
        bench.PackImage(image, "--inject", $"1:/x={bench.Archive}").Succeeded();
        return Bench.Run("unpack", bench.Output, bench.Folder["unpacked"]);
    }

    private static string MakeKey(Bench bench, string name)
    {
        HostTool.RunOk("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", bench.Folder[name]);
        HostTool.RunOk("openssl", "pkey", "-in", bench.Folder[name], "-pubout", "-out", bench.Folder[name] + ".pub");
        return bench.Folder[name];
    }

    private static Func<Bench, Task<HostToolResult>> Does(Func<Bench, HostToolResult> run) => bench => Task.FromResult(run(bench));
}
