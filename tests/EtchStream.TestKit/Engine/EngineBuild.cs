using System.Formats.Tar;

namespace EtchStream.TestKit.Engine;

/// <summary>An image that an engine builds from a Dockerfile: what layers look like that engines write themselves.</summary>
public static class EngineBuild
{
    private const string Dockerfile = """
        FROM scratch
        ADD base.tar /
        RUN mkdir -p /app/dir/deep && echo one > /app/one && echo two > /app/two && touch /app/dir/a /app/dir/deep/b && ln /app/one /app/again && ln -s one /app/link
        RUN rm /app/two && echo three > /app/three
        RUN rm -r /app/dir && mkdir /app/dir && echo new > /app/dir/new
        COPY files/ /files/
        WORKDIR /made/by/workdir
        WORKDIR /app
        ENV NOTHING=changes
        RUN chmod 4755 /app/three && chown 1000:70000 /app/one && mknod /app/fifo p
        ADD capability.tar /caps/
        RUN rm -rf /files
        USER 1000
        CMD ["/bin/sh", "-c", "cat /app/one /app/dir/new"]
        """;

    /// <summary>What its default command prints.</summary>
    public const string Output = "one\nnew\n";

    /// <summary>Builds it and pushes it to a registry.</summary>
    /// <param name="engine">The engine that builds.</param>
    /// <param name="host">The registry's address and port.</param>
    public static PushedImage Push(DockerEngine engine, string host)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var image = new PushedImage("built by an engine", $"{host}/t/built", "", null);
        using var folder = new TemporaryFolder();
        WriteContext(folder);
        engine.Docker("build", "--network", "none", "-t", image.ByTag, folder.FullPath);
        engine.Docker("push", image.ByTag);
        var digest = engine.Docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", image.ByTag).Trim();
        return image with { ManifestDigest = digest[(digest.IndexOf('@') + 1)..] };
    }

    private static void WriteContext(TemporaryFolder folder)
    {
        File.WriteAllText(folder["Dockerfile"], Dockerfile);
        var files = folder.MakeFolder("files");
        File.WriteAllText(Path.Combine(files, new string('n', 200)), "long");
        File.WriteAllText(Path.Combine(files, "ümläut-😀"), "text");
        Directory.CreateDirectory(Path.Combine(files, "empty"));
        File.WriteAllBytes(folder["capability.tar"], new LayerTar()
            .Xattr("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")).File("ping", "ping", 755).End());
        using var writer = new TarWriter(File.Create(folder["base.tar"]), TarEntryFormat.Ustar);
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "bin/busybox")
        {
            Mode = (UnixFileMode)0x1ed,
            ModificationTime = DateTimeOffset.FromUnixTimeSeconds(LayerTar.Time),
            DataStream = File.OpenRead(HostPackages.Find("busybox")!),
        });
        foreach (var command in (string[])["sh", "mkdir", "echo", "touch", "ln", "rm", "chmod", "chown", "mknod", "cat"])
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, $"bin/{command}") { LinkName = "busybox", ModificationTime = DateTimeOffset.FromUnixTimeSeconds(LayerTar.Time) });
    }
}
