using EtchStream.Formats;
using EtchStream.Oci;
using EtchStream.TestKit;
using Xunit;

namespace EtchStream.Tests.Unpack;

/// <summary>Truncated, bit-flipped and interrupted archives: always one of the promised errors, and nothing left.</summary>
public sealed class UnpackDamageTests : PipelineTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_truncation_is_an_error(bool isEtch)
    {
        var archive = Small(isEtch, out _);
        var lengths = Enumerable.Range(0, archive.Length / 512).Select(block => block * 512).Concat([1, 511, 513, archive.Length - 1024 + 511, archive.Length - 1]);
        foreach (var length in lengths)
        {
            // .NET's writer ends an archive with exactly the two blocks that have to be there.
            await FailsAsync<CorruptFormatException>(archive[..length]);
        }
    }

    [Fact]
    public async Task No_flipped_bit_before_the_trailer_goes_unnoticed()
    {
        var archive = Small(isEtch: true, out var trailer);
        var random = new Random(77);
        for (var round = 0; round < 400; round++)
        {
            var bit = random.Next(trailer * 8);
            archive[bit / 8] ^= (byte)(1 << (bit % 8));
            var error = await Record.ExceptionAsync(() => UnpackAsync(archive));
            Assert.True(IsPromised(error), $"bit {bit}: {error}");
            NothingIsLeft();
            archive[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public async Task Flipped_bits_of_an_archive_made_by_hand_meet_only_promised_errors()
    {
        var archive = Small(isEtch: false, out _);
        var random = new Random(78);
        for (var round = 0; round < 400; round++)
        {
            var copy = (byte[])archive.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--) copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
            var error = await Record.ExceptionAsync(() => UnpackAsync(copy));
            Assert.True(error is null || IsPromised(error), $"round {round}: {error}");
            if (error is null) File.Delete(Output);
            NothingIsLeft();
        }
    }

    [Fact]
    public async Task Cancelled_at_any_moment_nothing_is_left()
    {
        var image = TestImages.TwoPartitions();
        using var builder = new ArchiveBuilder();
        builder.Manifest("disk.img", image.Length).File("disk.img", image);
        for (var i = 0; i < 200; i++) builder.File($"inject/1/f{i}", new byte[9000]);
        var archive = builder.Trailer().ToBytes();
        var random = new Random(6);
        var cancelled = 0;
        for (var round = 0; round < 60; round++)
        {
            using var stop = new CancellationTokenSource();
            var after = random.Next(archive.Length + 1000);
            var stream = new CancellingStream(new MemoryStream(archive), after, stop);
            var error = await Record.ExceptionAsync(() => UnpackAsync(stream, new FakeOpener(), stop.Token));
            if (error is null)
            {
                File.Delete(Output);
            }
            else
            {
                Assert.IsAssignableFrom<OperationCanceledException>(error);
                cancelled++;
            }

            NothingIsLeft();
        }

        Assert.InRange(cancelled, 50, 60);
    }

    [Fact]
    public async Task Cancelled_before_it_starts_it_does_not_start()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UnpackAsync(Small(isEtch: true, out _), null, stop.Token));
        NothingIsLeft();
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_image()
    {
        var peak = 0L;
        await using var stream = new NonSeekableStream(new LongArchive(400 * TestImages.MiB, () => peak = Math.Max(peak, EtchStream.Dataflow.PooledBuffer.Outstanding)));
        await UnpackAsync(stream);

        // Eight ahead of the parser, four behind it, eight for the disk, and those at hand in each stage.
        Assert.InRange(peak, 1, 32);
        Assert.Equal(400L * TestImages.MiB, new FileInfo(Output).Length);
    }

    private static bool IsPromised(Exception? error) =>
        error is CorruptFormatException or UnsupportedFormatException or DigestMismatchException or UnsafePathException or PartitionNotFoundException or OutOfSpaceException;

    private static byte[] Small(bool isEtch, out int trailer)
    {
        // A partition from sector 8 to 40, and not much else.
        var image = new byte[24 * 1024];
        new Random(2).NextBytes(image.AsSpan(4096));
        image[446 + 4] = 0x83;
        image[446 + 8] = 8;
        image[446 + 12] = 40;
        image[510] = 0x55;
        image[511] = 0xAA;
        using var builder = new ArchiveBuilder();
        if (isEtch) builder.Manifest("disk.img", image.Length);
        builder.File("disk.img", image).Folder("inject").File("inject/1/a", []).Folder("inject/1/d").SymbolicLink("inject/1/d/l", "x").HardLink("inject/1/d/h", "inject/1/a");
        trailer = builder.Length;
        if (isEtch) builder.Trailer();
        return builder.ToBytes();
    }

    /// <summary>Cancels when so many bytes were read.</summary>
    private sealed class CancellingStream(Stream inner, long after, CancellationTokenSource stop) : ForwardStream(inner)
    {
        private long _count;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_count >= after) await stop.CancelAsync();
            var count = await Inner.ReadAsync(buffer[..Math.Min(buffer.Length, 200_000)], cancellationToken);
            _count += count;
            return count;
        }
    }

    /// <summary>An archive with one image without zeros, made as it is read.</summary>
    private sealed class LongArchive : Stream
    {
        private readonly byte[] _header;
        private readonly long _length;
        private readonly Action _onRead;
        private long _position;

        public LongArchive(long imageSize, Action onRead)
        {
            using var bytes = new MemoryStream();
            using (var writer = new System.Formats.Tar.TarWriter(bytes, leaveOpen: true)) writer.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "disk.img"));
            _header = bytes.ToArray()[..512];
            System.Text.Encoding.ASCII.GetBytes(Convert.ToString(imageSize, 8).PadLeft(11, '0')).CopyTo(_header, 124);
            "        "u8.CopyTo(_header.AsSpan(148));
            System.Text.Encoding.ASCII.GetBytes(Convert.ToString(_header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(_header, 148);
            _length = 512 + imageSize + 1024;
            _onRead = onRead;
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            _onRead();
            var target = buffer.AsSpan(offset, (int)Math.Min(count, _length - _position));
            if (_position < 512)
            {
                target = target[..(int)Math.Min(target.Length, 512 - _position)];
                _header.AsSpan((int)_position, target.Length).CopyTo(target);
            }
            else
            {
                var content = (int)Math.Clamp(_length - 1024 - _position, 0, target.Length);
                target[..content].Fill(0x5A);
                target[content..].Clear();
            }

            _position += target.Length;
            return target.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
