using System.Globalization;
using EtchStream.Sources;
using EtchStream.TestKit;
using EtchStream.Tests.Pack.Containers;
using EtchStream.Unpack;
using EtchStream.Unpack.Outputs;
using EtchStream.Unpack.Splicing;
using EtchStream.Unpack.Verification;
using Xunit;

namespace EtchStream.Tests.Unpack.Outputs;

/// <summary><c>--verify</c>: every byte that was written is held against what comes back.</summary>
public sealed class VerificationTests : IDisposable
{
    private const long DeviceLength = 32 << 20;
    private const long PartitionStart = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("mke2fs", "debugfs")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sector_that_the_medium_changes_is_found_and_its_file_named(bool hasLargeBlocks)
    {
        await PackAsync(hasLargeBlocks);
        await UnpackAsync(_folder["good.img"], verify: true);
        Assert.Equal(await UnpackAsync(_folder["plain.img"], verify: false), File.ReadAllBytes(_folder["good.img"]));
        Assert.Empty(ContainerDisk.Partition(_folder["good.img"]).Check());
        foreach (var file in (string[])["files/n77", "files/deep/er/large"])
        {
            var block = long.Parse(ContainerDisk.Partition(_folder["good.img"]).DebugFs($"bmap /{file} 0").Trim(), CultureInfo.InvariantCulture);
            var place = PartitionStart + (block * (hasLargeBlocks ? 4096 : 1024)) + 100;
            var error = await FailsAsync(place);
            Assert.InRange(place - error.Offset, 0, BlockDigests.BlockSize - 1);
            Assert.Contains("partition 1", error.Message, StringComparison.Ordinal);

            // Blocks of 1 KiB share what is compared at once: a neighbour in it may be named.
            Assert.Contains(hasLargeBlocks ? $"file /{file})" : "file /files/", error.Message, StringComparison.Ordinal);
        }

        // A place where the image has a hole, one in the inode table, and one before the partition that is held back.
        foreach (var place in (long[])[12 << 20, PartitionStart + (300 * 1024), 4096]) await FailsAsync(place);
    }

    [Fact]
    public void Any_sequence_of_writes_and_zeros_verifies_and_any_flipped_byte_does_not()
    {
        var random = new Random(9);
        for (var round = 0; round < 60; round++)
        {
            File.WriteAllBytes(_folder["device"], Old());
            using var device = new FaultyDevice(_folder["device"], DeviceLength, int.MaxValue, () => new IOException());
            using var output = new VerifyingOutput(new OutputDevice("device", device));
            output.SetLength(4 << 20);
            output.Zero(0, 4 << 20);
            for (var i = 0; i < 60; i++)
            {
                var data = new byte[random.Next(1, random.Next(2) == 0 ? 300 : 20_000)];
                var at = random.Next(0, (4 << 20) - data.Length);
                if (random.Next(4) == 0)
                {
                    output.Zero(at, data.Length);
                    continue;
                }

                if (random.Next(4) != 0) random.NextBytes(data);
                output.Write(at, data);
            }

            output.Verify(_ => { }, default);
            var place = random.Next(1 << 20, 4 << 20);
            using (var raw = File.OpenHandle(_folder["device"], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                var one = new byte[1];
                RandomAccess.Read(raw, one, place);
                one[0] ^= (byte)(1 << random.Next(8));
                RandomAccess.Write(raw, one, place);
            }

            Assert.InRange(place - Assert.Throws<VerificationException>(() => output.Verify(_ => { }, default)).Offset, 0, BlockDigests.BlockSize - 1);
        }
    }

    [Fact]
    public async Task An_image_whose_length_is_no_multiple_of_a_block_verifies()
    {
        foreach (var length in (int[])[1, 511, 4095, 4097, (3 << 20) + 1])
        {
            var image = new byte[length];
            new Random(length).NextBytes(image);
            using var builder = new ArchiveBuilder();
            File.WriteAllBytes(_folder["a.tar"], builder.File("disk.img", image).ToBytes());
            Assert.Equal(image, await UnpackAsync(_folder["odd.img"], verify: true));
        }
    }

    private async Task PackAsync(bool hasLargeBlocks)
    {
        if (hasLargeBlocks) ContainerDisk.WriteLargeBlocks(_folder["disk.img"]);
        else ContainerDisk.Write(_folder["disk.img"]);
        var files = _folder.MakeFolder("files");
        Directory.CreateDirectory(Path.Combine(files, "deep/er"));
        for (var i = 0; i < 150; i++) File.WriteAllText(Path.Combine(files, $"n{i}"), new string((char)('a' + (i % 26)), 10 + (i * 37)));
        File.WriteAllBytes(Path.Combine(files, "deep/er/large"), [.. Enumerable.Repeat((byte)0x33, 1_500_000)]);
        await PackPipeline.RunAsync(new EtchStream.Pack.PackOptions { Image = _folder["disk.img"], Injections = [new Injection("1", "/files", files)], OutputPath = _folder["a.tar"], Flush = false });
    }

    private async Task<byte[]> UnpackAsync(string output, bool verify)
    {
        await UnpackPipeline.RunAsync(new UnpackOptions { Input = ArchiveInput.OpenFile(_folder["a.tar"]), Outputs = [output], Verify = verify });
        return File.ReadAllBytes(output);
    }

    private async Task<VerificationException> FailsAsync(long place)
    {
        File.WriteAllBytes(_folder["device"], Old());
        using var device = new FaultyDevice(_folder["device"], DeviceLength, int.MaxValue, () => new IOException()) { Corrupts = place };
        var options = new UnpackOptions { Input = ArchiveInput.OpenFile(_folder["a.tar"]), Outputs = ["device"], Verify = true };
        var error = await Assert.ThrowsAsync<VerificationException>(() => UnpackPipeline.RunAsync(options, new FileSystemOpener(), null, default, path => new OutputDevice(path, device)));
        Assert.All(File.ReadAllBytes(_folder["device"])[..512], b => Assert.Equal(0, b));
        return error;
    }

    private static byte[] Old() => [.. Enumerable.Repeat((byte)0xA5, (int)DeviceLength)];
}
