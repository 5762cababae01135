using EtchStream.Oci.Registry;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Oci.Tests.Registry;

/// <summary>A loopback registry with one image, and a client whose waits take no time.</summary>
public abstract class RegistryTestBase : IAsyncLifetime
{
    protected static readonly TimeSpan Stall = TimeSpan.FromSeconds(61);

    private protected TestTimeProvider Time { get; } = new(Stall);

    private protected TestImage Image { get; } = TestImage.Create("linux/arm64", [TestImage.LayerTar(1, 300_000), TestImage.LayerTar(2)]);

    private protected LoopbackRegistry Server { get; private set; } = null!;

    private protected RegistryClient Client { get; private set; } = null!;

    private protected virtual LoopbackRegistryOptions ServerOptions => new();

    private protected virtual RegistryOptions ClientOptions => new() { TimeProvider = Time, StallTimeout = Stall };

    private protected RegistrySource Source => Client.Open(Server.Reference("acme/app:1"));

    private protected static Platform Arm64 { get; } = Platform.Parse("linux/arm64");

    public virtual async Task InitializeAsync()
    {
        Server = await LoopbackRegistry.StartAsync(ServerOptions);
        Server.Add("acme/app", Image, "1");
        Client = new RegistryClient(ClientOptions);
    }

    public virtual async Task DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
