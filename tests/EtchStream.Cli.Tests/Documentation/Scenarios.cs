using EtchStream.TestKit;
using EtchStream.TestKit.Registry;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>For each message of the page what a user did to get it; those that need nothing but the program.</summary>
internal static class Scenarios
{
    public static IReadOnlyDictionary<string, Func<Bench, Task<HostToolResult>>> All { get; } = new Dictionary<string, Func<Bench, Task<HostToolResult>>>(StringComparer.Ordinal)
    {
        ["warning: FILE is compressed: that it has partition PART is only checked when the archive is unpacked"] = Does(b => b.PackImage(b.CompressedImage, "--inject", $"data:/x={b.Archive}")),

        ["FILE: no such file or folder"] = Does(b => Bench.Run("unpack", b.Folder["none"], b.Output)),
        ["OPTION FILE: no such file"] = Does(b => b.Pack("--config", b.Folder["none"])),
        ["FILE: the folder FOLDER does not exist; make it first (mkdir -p)"] = Does(b => Bench.Run("unpack", b.Archive, b.Folder["none/output"])),
        ["FILE: PART:PATH: no such file or folder; PATH is there, but no WORD in it; did you mean PATH?"] = Does(b => Bench.Run("cat", b.Image, "data:/etc/mtod")),
        ["N of N outputs could not be written"] = Does(b => Bench.Run("unpack", b.Archive, b.Output, b.Folder["none/output"])),

        ["unknown option 'OPTION'; did you mean OPTION? (see etchstream VERB --help)"] = Does(b => Bench.Run("unpack", b.Archive, b.Output, "--verfy")),
        ["--inject 'WORD': write PART:DEST=SRC, for instance 6:/docker/app=./app or resin-data:/setup.sh=setup.sh"] = Does(b => b.Pack("--inject", "data=x")),
        ["--inject: no partition with the label \"PART\" (did you mean PART?); the image has …"] = Does(b => b.Pack("--inject", $"dta:/x={b.Archive}")),
        ["no partition with the label \"resin-data\"; the image has …; name the partition of the engine's data with --data-partition"] = Does(b => b.Pack("--container", "acme/app")),
        ["--config: FILE has no partition resin-boot or flash-boot, where balenaOS has its configuration; use --inject PART:/config.json=FILE for other systems"] = Does(b => b.Pack("--config", b.Write("config.json", "{}"))),
        ["--platform 'WORD': there is no such platform; did you mean WORD?"] = Does(b => b.Pack("--container", "acme/app", "--platform", "linux/amr64")),
        ["--compress 'WORD': it has to be none, gzip[:0-9] or zstd[:1-22]; did you mean WORD?"] = Does(b => b.Pack("--compress", "zst")),

        ["FILE: content of a tar member at byte N: truncated: the stream ends here, before the two zero blocks that close an archive"] = Does(b => Bench.Run("unpack", b.Change("cut.tar", a => a[..1_000_000]), b.Output)),
        ["FILE: zstd stream at byte N: it is truncated"] = Does(b =>
        {
            b.Pack("--compress", "zstd").Succeeded();
            var packed = File.ReadAllBytes(b.Output);
            File.WriteAllBytes(b.Folder["cut.zst"], packed[..(packed.Length / 2)]);
            return Bench.Run("unpack", b.Folder["cut.zst"], b.Folder["unpacked"]);
        }),
        ["FILE: the archive's bytes: expected DIGEST, got DIGEST; it was damaged or altered since, fetch it anew"] = Does(b => Bench.Run("unpack", b.Change("flipped.tar", a =>
        {
            // In the content of a file, where nothing else notices it.
            a[a.Length / 2] ^= 1;
            return a;
        }), b.Output)),
        ["FILE: tar header at byte N: wrong checksum: it is no tar archive, or its beginning is damaged"] = Does(b => Bench.Run("unpack", b.Write("text", new string('x', 2000)), b.Output)),
        ["FILE: it is empty"] = Does(b => Bench.Run("unpack", b.Write("empty", ""), b.Output)),
        ["FILE: it is not JSON (line N), and a device that cannot read its configuration does not come up"] = Does(b => Bench.Run("unpack", b.Archive, b.Output, "--config", b.Write("config.json", "{\"a\":"))),
        ["FILE: PATH: it is missing; …"] = Does(b => b.Pack("--data-partition", "data", "--apps", b.Write("apps.json", """{"apps":{"1":{"name":"a","services":{"x":{"image":"acme/app"}}}}}"""))),
        ["FILE: it is not going to work: N … found"] = Does(b => Bench.Run("check", b.Write("text", new string('x', 2000)))),

        ["FILE: it is a disk image, an archive is expected; make one with 'etchstream pack --image FILE' or 'tar cf archive.tar disk.img inject'"] = Does(b => Bench.Run("unpack", b.Image, b.Output)),
        ["FILE: it is compressed (gzip), and files are read from it by position; decompress it first"] = Does(b => Bench.Run("ls", b.CompressedImage, "data:/")),
        ["IMAGE is an image for WORD, not for WORD; take another image, or another --platform"] = async b =>
        {
            var registry = await b.StartRegistryAsync();
            return b.Pack("--data-partition", "data", "--container", $"{registry.Host}/acme/app:1", "--platform", "linux/riscv64");
        },

        ["partition N (PART), path PATH: the file system is full: N more bytes are needed for this object, N bytes are free; a FAT file system does not grow; bring less, or make its partition larger"] = Does(b => b.PackAndUnpack("--inject", $"BOOT:/large=file:{b.Image}")),
        ["partition N (PART), path PATH: the file system is full: N more bytes are needed for this object, N bytes are free; --grow none forbids it to grow"] = Does(b =>
        {
            var random = new byte[40 << 20];
            new Random(1).NextBytes(random);
            File.WriteAllBytes(b.Folder["large"], random);
            return Bench.Run("unpack", b.Archive, b.Output, "--grow", "none", "--inject", $"data:/large={b.Folder["large"]}");
        }),

        ["manifest of IMAGE: Connection refused (HOST); is the registry running, and are host and port right?"] = Does(b => b.Pack("--data-partition", "data", "--container", "localhost:1/acme/app")),
        ["URL: Connection refused (HOST); is the server running, and are host and port right?"] = Does(b => Bench.Run("unpack", "http://localhost:1/a.tar", b.Output)),
        ["manifest of IMAGE: the registry answered 404 Not Found: …; are the image's name and tag right?"] = async b =>
        {
            var registry = await b.StartRegistryAsync();
            return b.Pack("--data-partition", "data", "--container", $"{registry.Host}/acme/app:2");
        },
        ["HOST asks for a user name and password; log in with docker login, or give credentials with --registry-config"] = async b =>
        {
            var registry = await b.StartRegistryAsync(new LoopbackRegistryOptions { Login = RegistryLogin.Basic, User = "ann" });
            return b.Pack("--data-partition", "data", "--container", $"{registry.Host}/acme/app:1", "--registry-config", b.Write("config.json", "{}"));
        },
        ["HOST: its certificate is not trusted (…); if its certificate is from an authority of your own, give that with --ca"] = async b =>
        {
            var (authority, certificate) = TestCertificate.Issue("127.0.0.1");
            using (authority)
            using (certificate)
            {
                var registry = await b.StartRegistryAsync(new LoopbackRegistryOptions { Certificate = certificate });
                return b.Pack("--data-partition", "data", "--container", $"{registry.Host}/acme/app:1");
            }
        },
        ["URL: it does not speak TLS here; if it has none, write http:// in place of https://"] = async b =>
        {
            var server = await b.StartWebServerAsync();
            return Bench.Run("unpack", server.Url.Replace("http://", "https://", StringComparison.Ordinal) + "/a.tar", b.Output);
        },
        ["URL: the server answered 404 Not Found; is the address right?"] = async b => Bench.Run("unpack", (await b.StartWebServerAsync()).Url + "/none.tar", b.Output),
        ["URL: the server answered with a web page, not with an archive; is the address right, and does the network want a log-in?"] = async b => Bench.Run("unpack", (await b.StartWebServerAsync()).Url + "/page.html", b.Output),

        ["DEVICE: there is no such device; lsblk lists those that there are"] = Does(b => Bench.Run("unpack", b.Archive, $"/dev/etchstream-{Guid.NewGuid():N}")),
        ["FILE: it is a folder; name the file to write"] = Does(b => Bench.Run("unpack", b.Archive, b.Folder.FullPath)),
        ["FILE: it is the input; name another file to write"] = Does(b => Bench.Run("unpack", b.Archive, b.Archive)),
        ["FILE: partition N (PART), path PATH: WORD is not a folder"] = Does(b => b.PackAndUnpack("--inject", $"data:/etc/motd/x={b.Archive}")),
    };

    private static Func<Bench, Task<HostToolResult>> Does(Func<Bench, HostToolResult> run) => bench => Task.FromResult(run(bench));
}
