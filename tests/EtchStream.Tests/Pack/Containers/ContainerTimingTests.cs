using EtchStream.TestKit;
using EtchStream.TestKit.Registry;
using Xunit;

namespace EtchStream.Tests.Pack.Containers;

/// <summary>The archive depends on what is packed, and not on when what of it arrives.</summary>
public sealed class ContainerTimingTests : ContainerPackTest
{
    private static readonly TestImage Second = TestImage.Create(layers: [TestImage.LayerTar(1, 600_000), TestImage.LayerTar(7), TestImage.LayerTar(3, 900_000)]);

    [ToolFact("mke2fs")]
    public async Task Delays_cuts_and_overload_do_not_show()
    {
        var expected = await PackAllAsync();
        for (var seed = 0; seed < (Soak.IsOn ? 500 : 6); seed++)
        {
            var random = new Random(seed);
            foreach (var blob in FaultTargets.Image.Blobs.Concat(Second.Blobs).DistinctBy(Convert.ToHexString))
            {
                for (var faults = random.Next(3); faults > 0; faults--) Server.Fail(EtchStream.Oci.Digest.Sha256(blob).ToString(), Chance(random, blob.Length));
            }

            Assert.True(expected == await PackAllAsync(), $"seed {seed}");
            Server.ClearFaults();
        }

        async Task<string> PackAllAsync()
        {
            Server.Add("acme/app", FaultTargets.Image, "1");
            Server.Add("acme/second", Second, "2");
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await PackAsync(Images("HOST/acme/app:1", "HOST/acme/second:2"))));
        }
    }

    [ToolFact("mke2fs")]
    public async Task Layers_that_arrive_last_first_are_in_their_order()
    {
        Server.Add("acme/app", FaultTargets.Image, "1");
        var expected = await PackAsync(Images("HOST/acme/app:1"));
        for (var i = 0; i < FaultTargets.Image.LayerBlobs.Count; i++)
            Server.Fail(EtchStream.Oci.Digest.Sha256(FaultTargets.Image.LayerBlobs[i]).ToString(), new Fault { Delay = TimeSpan.FromMilliseconds(250 - (50 * i)) });
        Assert.Equal(expected, await PackAsync(Images("HOST/acme/app:1")));
    }

    private static Fault Chance(Random random, int length)
    {
        var delay = TimeSpan.FromMilliseconds(random.Next(30));
        return random.Next(4) switch
        {
            0 => new Fault { Delay = delay },
            1 => new Fault { Delay = delay, CutAfter = random.Next(length), Cut = CutKind.Reset },
            2 => new Fault { Delay = delay, CutAfter = random.Next(length), Cut = CutKind.End, HidesLength = true },
            _ => new Fault { Delay = delay, Status = 503 },
        };
    }
}
