using EtchStream.Archive;
using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.TestKit;
using EtchStream.Unpack;
using Xunit;

namespace EtchStream.Tests.Unpack;

public sealed class UnpackRefusalTests : PipelineTest
{
    private static readonly byte[] Image = TestImages.TwoPartitions();

    [Fact]
    public async Task An_archive_without_an_image_is_refused()
    {
        using var builder = new ArchiveBuilder();
        Assert.Contains("no disk image", (await FailsAsync<CorruptFormatException>(builder.Folder("inject").ToBytes())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_images_are_refused_by_name()
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<CorruptFormatException>(builder.File("a.img", Image).File("b.img", Image).ToBytes());
        Assert.Contains("b.img", error.Message, StringComparison.Ordinal);
        Assert.Contains("a.img", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_image_is_refused()
    {
        using var builder = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(builder.File("disk.img", []).ToBytes());
    }

    [Fact]
    public async Task Files_before_the_image_are_refused_with_the_remedy()
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<UnsupportedFormatException>(builder.File("inject/1/a", [1]).File("disk.img", Image).ToBytes());
        Assert.Contains("image first", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3", "no partition 3")]
    [InlineData("resin-data", "resin-data")]
    public async Task A_partition_that_does_not_exist_is_refused(string partition, string text)
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<PartitionNotFoundException>(builder.File("disk.img", Image).File($"inject/{partition}/a", [1]).ToBytes());
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_file_system_is_refused()
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<UnsupportedFormatException>(builder.File("disk.img", Image).File("inject/1/a", [1]).ToBytes(), new FakeOpener(1024, 1, 2));
        Assert.Contains("partition 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_partition_is_reported_with_partition_and_path()
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<OutOfSpaceException>(builder.File("disk.img", Image).File("inject/2/big/file", new byte[5 * TestImages.MiB]).ToBytes());
        Assert.StartsWith("partition 2, path big/file: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(5 * TestImages.MiB, error.Needed);
    }

    [Theory]
    [InlineData("inject/1/../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("../out")]
    public async Task Paths_that_climb_out_are_refused(string name)
    {
        using var builder = new ArchiveBuilder();
        await FailsAsync<UnsafePathException>(builder.File("disk.img", Image).File(name, [1]).ToBytes());
    }

    [Theory]
    [InlineData("inject/2/a")]
    [InlineData("disk.img")]
    [InlineData("../../etc/shadow")]
    public async Task Hard_links_that_leave_their_partition_are_refused(string target)
    {
        using var builder = new ArchiveBuilder();
        await FailsAsync<UnsafePathException>(builder.File("disk.img", Image).File("inject/2/a", [1]).HardLink("inject/1/b", target).ToBytes());
    }

    [Theory]
    [InlineData("sub/disk.img", "top of the archive")]
    [InlineData("._disk.img", "COPYFILE_DISABLE")]
    public async Task Members_that_have_no_place_are_refused_by_name(string name, string text)
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<CorruptFormatException>(builder.File(name, [1]).File("disk.img", Image).ToBytes());
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_or_folder_beside_the_image_is_refused()
    {
        using var one = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(one.File("disk.img", Image).SymbolicLink("latest.img", "disk.img").ToBytes());
        using var two = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(two.File("disk.img", Image).Folder("other").ToBytes());
        using var three = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(three.File("disk.img", Image).File("inject", [1]).ToBytes());
        using var four = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(four.File("disk.img", Image).File("inject/1", [1]).ToBytes());
    }

    [Fact]
    public async Task A_manifest_without_its_trailer_is_not_complete()
    {
        using var builder = new ArchiveBuilder();
        var error = await FailsAsync<CorruptFormatException>(builder.Manifest("disk.img", Image.Length).File("disk.img", Image).ToBytes());
        Assert.Contains("not complete", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trailer_without_manifest_is_refused()
    {
        using var builder = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(builder.File("disk.img", Image).Trailer().ToBytes());
    }

    [Fact]
    public async Task A_member_behind_the_trailer_is_refused()
    {
        using var builder = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(builder.Manifest("disk.img", Image.Length).File("disk.img", Image).Trailer().File("inject/1/a", [1]).ToBytes());
    }

    [Fact]
    public async Task A_wrong_digest_length_or_count_is_refused()
    {
        using var digest = new ArchiveBuilder();
        await FailsAsync<DigestMismatchException>(Etch(digest).Trailer(t => new ArchiveTrailer { Archive = TrailerDigest.Create(new byte[32], t.Archive.Length) }).ToBytes());
        using var length = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(Etch(length).Trailer(t => new ArchiveTrailer { Archive = new TrailerDigest { Sha256 = t.Archive.Sha256, Length = 5 } }).ToBytes());
        using var image = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(Etch(image).Trailer(t => new ArchiveTrailer { Archive = t.Archive, Image = TrailerDigest.Create(new byte[32], 77) }).ToBytes());
        using var counts = new ArchiveBuilder();
        await FailsAsync<CorruptFormatException>(Etch(counts).Trailer(t => new ArchiveTrailer { Archive = t.Archive, Partitions = [new TrailerPartition { Partition = "1", Entries = 2, Bytes = 3 }] }).ToBytes());
        using var right = new ArchiveBuilder();
        await UnpackAsync(Etch(right).Trailer(t => new ArchiveTrailer { Archive = t.Archive, Partitions = [new TrailerPartition { Partition = "1", Entries = 1, Bytes = 3 }] }).ToBytes());
    }

    [Fact]
    public async Task Data_behind_the_end_is_refused_and_padding_is_not()
    {
        using var builder = new ArchiveBuilder();
        var archive = builder.File("disk.img", Image).ToBytes();
        await FailsAsync<CorruptFormatException>([.. archive, .. new byte[10_000], 1]);
        await UnpackAsync([.. archive, .. new byte[100_000]]);
    }

    [Fact]
    public async Task A_disk_image_instead_of_an_archive_is_named_as_such() =>
        Assert.Contains("it is a disk image", (await FailsAsync<UnsupportedFormatException>(Image)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Garbage_and_nothing_are_refused()
    {
        var garbage = new byte[10_000];
        new Random(1).NextBytes(garbage);
        await FailsAsync<CorruptFormatException>(garbage);
        await FailsAsync<CorruptFormatException>([]);
    }

    [Fact]
    public async Task A_read_error_of_the_input_comes_through_as_it_is()
    {
        using var builder = new ArchiveBuilder();
        var archive = builder.File("disk.img", Image).ToBytes();
        foreach (var good in new[] { 0, 100, 3_000_000 })
        {
            var error = await Assert.ThrowsAsync<IOException>(() => UnpackAsync(new FaultingStream(new MemoryStream(archive), good, () => new IOException("the cable broke"))));
            Assert.Equal("the cable broke", error.Message);
            NothingIsLeft();
        }
    }

    private static ArchiveBuilder Etch(ArchiveBuilder builder) => builder.Manifest("disk.img", Image.Length).File("disk.img", Image).File("inject/1/a", [1, 2, 3]);
}
