using EtchStream.Formats;
using EtchStream.TestKit;
using EtchStream.Unpack;
using EtchStream.Unpack.Outputs;
using EtchStream.Unpack.Splicing;
using Xunit;

namespace EtchStream.Tests.Unpack.Outputs;

/// <summary>Every single write and flush of a run fails once: the error comes through, and nothing looks done.</summary>
public sealed class OutputFaultTests : IDisposable
{
    private const long DeviceLength = 16 << 20;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _image = TestImages.TwoPartitions();
    private readonly byte[] _archive;

    public OutputFaultTests()
    {
        new Random(3).NextBytes(_image.AsSpan(1 << 20, 300_000));
        using var builder = new ArchiveBuilder();
        _archive = builder.File("disk.img", _image).ToBytes();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_fault_the_device_holds_the_image_with_zeros_where_the_image_has_them()
    {
        var device = Device(int.MaxValue);
        await RunAsync(new OutputDevice("device", device));
        Assert.Equal(_image, File.ReadAllBytes(_folder["device"])[.._image.Length]);
        Assert.True(device.Operations > 6, $"{device.Operations} operations");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fault_at_each_write_and_flush_fails_the_run_and_leaves_no_partition_table(bool failsOnlyOnce)
    {
        var whole = Device(int.MaxValue);
        await RunAsync(new OutputDevice("device", whole));
        for (var at = 0; at < whole.Operations; at++)
        {
            var device = Device(at, failsOnlyOnce);
            var error = await Assert.ThrowsAsync<IOException>(() => RunAsync(new OutputDevice("device", device)));
            Assert.Matches("device: cannot be (written|flushed|zeroed).*: the device is gone$", error.Message);
            var head = File.ReadAllBytes(_folder["device"])[..512];

            // The very first step may fail before anything is there; and a device that takes nothing any more cannot be wiped after its last sector was written.
            var isOld = at <= 1 && head.All(b => b == 0xA5);
            var isGone = !failsOnlyOnce && at == whole.Operations - 1;
            Assert.True(isOld || isGone || head.All(b => b == 0), $"operation {at} of {whole.Operations}");
        }
    }

    [Fact]
    public async Task A_partition_table_that_does_not_read_back_is_noticed_and_wiped()
    {
        foreach (var place in (long[])[0, 510, 5000, 1_000_000])
        {
            File.WriteAllBytes(_folder["device"], new byte[DeviceLength]);
            using var device = new FaultyDevice(_folder["device"], DeviceLength, int.MaxValue, () => new IOException()) { Corrupts = place };
            var error = await Assert.ThrowsAsync<VerificationException>(() => RunAsync(new OutputDevice("device", device), flush: true));
            Assert.InRange(error.Offset, place, place);
        }
    }

    [Fact]
    public async Task A_table_that_counts_in_other_sectors_than_the_device_is_refused()
    {
        File.WriteAllBytes(_folder["device"], new byte[DeviceLength]);
        using var device = new FaultyDevice(_folder["device"], DeviceLength, int.MaxValue, () => new IOException()) { SectorSize = 4096 };
        await Assert.ThrowsAsync<UnsupportedFormatException>(() => RunAsync(new OutputDevice("device", device)));
        Assert.All(File.ReadAllBytes(_folder["device"])[..512], b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task Of_three_the_one_that_fails_at_any_point_is_dropped_and_the_others_hold_the_image()
    {
        var whole = Device(int.MaxValue);
        await RunAsync(new OutputDevice("device", whole));
        for (var at = 0; at < whole.Operations; at++)
        {
            var options = new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(_archive), "test.tar"), Outputs = [_folder["a"], _folder["device"], _folder["b"]] };
            var report = await UnpackPipeline.RunAsync(options, new FileSystemOpener(), null, default, path => path == _folder["device"] ? new OutputDevice(path, Device(at)) : OutputFile.Create(path));
            Assert.Equal([true, false, true], report.Outputs.Select(o => o.Failure is null));
            Assert.EndsWith("the device is gone", report.Outputs[1].Failure!.Message, StringComparison.Ordinal);
            foreach (var name in (string[])["a", "b"]) Assert.Equal(_image, File.ReadAllBytes(_folder[name]));
        }
    }

    private FaultyDevice Device(int failAt, bool failsOnlyOnce = false)
    {
        File.WriteAllBytes(_folder["device"], [.. Enumerable.Repeat((byte)0xA5, (int)DeviceLength)]);
        return new FaultyDevice(_folder["device"], DeviceLength, failAt, () => new IOException("the device is gone"), failsOnlyOnce);
    }

    private Task<UnpackReport> RunAsync(IOutput output, bool flush = true) => UnpackPipeline.RunAsync(
        new UnpackOptions { Input = ArchiveInput.FromStream(new MemoryStream(_archive), "test.tar"), Outputs = ["device"], Flush = flush },
        new FileSystemOpener(),
        null,
        default,
        _ => output);
}
