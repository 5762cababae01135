using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using EtchStream.TestKit.Web;

namespace EtchStream.Cli.Tests.Documentation;

/// <summary>What the scenarios work with: the demo's files, a folder of their own, servers.</summary>
internal sealed class Bench(DemoFiles demo) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<Action> _undo = [];

    public TemporaryFolder Folder { get; } = new();

    public string Image => demo.Image;

    public string Archive => demo.Archive;

    public string CompressedImage => demo.CompressedImage;

    /// <summary>An output that is not there yet.</summary>
    public string Output => Folder["output"];

    /// <summary>Writes a file.</summary>
    public string Write(string name, string content)
    {
        File.WriteAllText(Folder[name], content);
        return Folder[name];
    }

    /// <summary>Writes a changed copy of the archive.</summary>
    public string Change(string name, Func<byte[], byte[]> change)
    {
        File.WriteAllBytes(Folder[name], change(File.ReadAllBytes(Archive)));
        return Folder[name];
    }

    /// <summary>Runs the program.</summary>
    public static HostToolResult Run(params string[] arguments) => CliProcess.Run(arguments);

    /// <summary>Packs the demo's image.</summary>
    public HostToolResult Pack(params string[] options) => PackImage(Image, options);

    /// <summary>Packs an image.</summary>
    public HostToolResult PackImage(string image, params string[] options) => Run(["pack", "--image", image, "-o", Output, .. options]);

    /// <summary>Packs the demo's image with what <c>unpack</c> is not going to take, and unpacks it.</summary>
    public HostToolResult PackAndUnpack(params string[] options)
    {
        Pack(options).Succeeded();
        return Run("unpack", Output, Folder["unpacked"]);
    }

    /// <summary>Runs the program as root without root's right to pass over permissions, or as the user who runs the tests.</summary>
    public static HostToolResult RunUnprivileged(params string[] arguments) => HostTool.Run("setpriv", ["--bounding-set=-all", "--inh-caps=-all", EtchStreamProgram.Path, .. arguments]);

    /// <summary>A registry with one image, <c>acme/app:1</c> for linux/arm64.</summary>
    public async Task<LoopbackRegistry> StartRegistryAsync(LoopbackRegistryOptions? options = null)
    {
        var registry = await LoopbackRegistry.StartAsync(options);
        _servers.Add(registry);
        registry.Add("acme/app", TestImage.Create(), "1");
        return registry;
    }

    /// <summary>A web server with a web page, <c>/page.html</c>.</summary>
    public async Task<WebServer> StartWebServerAsync()
    {
        var server = await WebServer.StartAsync();
        _servers.Add(server);
        server.Put("/page.html", new WebFile("<html>"u8.ToArray()) { ContentType = "text/html" });
        return server;
    }

    /// <summary>A loop device over a new file.</summary>
    public LoopDevice MakeDevice(long length, bool readOnly = false)
    {
        using (var file = File.Create(Folder["backing"])) file.SetLength(length);
        var device = LoopDevice.Open(Folder["backing"], readOnly: readOnly);
        _undo.Add(device.Dispose);
        return device;
    }

    /// <summary>Mounts something on a new folder, until the end.</summary>
    public string Mount(params string[] options)
    {
        var at = Folder.MakeFolder("mounted");
        HostTool.RunOk("mount", [.. options, at]);
        _undo.Add(() => HostTool.RunOk("umount", at));
        return at;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        foreach (var undo in _undo.AsEnumerable().Reverse()) undo();
        Folder.Dispose();
    }
}
