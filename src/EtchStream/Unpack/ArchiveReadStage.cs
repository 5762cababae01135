using System.Threading.Channels;
using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Sources;
using EtchStream.Unpack.Splicing;

namespace EtchStream.Unpack;

/// <summary>
/// Reads the input ahead of the parser, and decompresses it when its first bytes say that the whole archive is compressed. The
/// name of the input says nothing.
/// </summary>
internal sealed class ArchiveReadStage
{
    private const int HeadLength = 512;

    private readonly ArchiveInput _input;
    private readonly Decoders _decoders;
    private readonly UnpackCounters _counters;

    public ArchiveReadStage(ArchiveInput input, Decoders decoders, UnpackCounters counters)
    {
        _decoders = decoders;
        _input = input;
        _counters = counters;
        _counters.InputLength = input.Length;
    }

    /// <summary>How the archive is compressed, null when it is not.</summary>
    public string? Compression { get; private set; }

    public async Task RunAsync(ChannelWriter<PooledBuffer> output, CancellationToken cancellationToken)
    {
        // Not disposed: it owns nothing, the input belongs to the pipeline.
        var stream = new CountingStream(_input.Stream, _counters, _counters.Waits.Add(_input.Name));
        ReadOnlyMemory<byte> head = default;
        await EntryContext.RunAsync(_input.Name, async () => head = await stream.PeekAsync(HeadLength, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        if (head.IsEmpty) throw new CorruptFormatException(_input.Name, -1, "it is empty");
        var format = CompressionDetector.Detect(head.Span);
        if (format != CompressionFormat.None)
        {
            Compression = CompressionName.Of(format);
            await EntryContext.RunAsync(_input.Name, async () =>
            {
                await using var decoder = _decoders.Open(format, stream, leaveOpen: true);
                await new BufferedReadStage(decoder).RunAsync(output, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
            return;
        }

        CheckNoDiskImage(head.Span);
        await EntryContext.RunAsync(_input.Name, () => new BufferedReadStage(stream).RunAsync(output, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc cref="CompressionName.Of"/>
    public static string NameOf(CompressionFormat format) => CompressionName.Of(format);

    /// <summary>An easy mistake that deserves more than "wrong checksum": the image itself instead of an archive.</summary>
    private void CheckNoDiskImage(ReadOnlySpan<byte> head)
    {
        var hasBootSignature = head.Length == HeadLength && head[510] == 0x55 && head[511] == 0xAA;
        var isTar = head.Length > 262 && head[257..262].SequenceEqual("ustar"u8);
        if (hasBootSignature && !isTar)
        {
            throw new UnsupportedFormatException("disk image as archive", $"{_input.Name}: it is a disk image, an archive is expected; make one with 'etchstream pack --image {_input.Name}' or 'tar cf archive.tar disk.img inject'");
        }
    }
}
