using EtchStream.Dataflow;
using EtchStream.Formats;
using EtchStream.Formats.Compression;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Unpack;

namespace EtchStream.Inspect;

/// <summary>Finds out what a file is, an etch archive or a disk image, and looks into it. By content, never by name.</summary>
public static class Inspector
{
    private const int HeadLength = 512;

    /// <summary>Looks into a file, or standard input when <paramref name="input"/> stands for it.</summary>
    /// <param name="input">The file. It is disposed.</param>
    /// <param name="decoders">What decompresses it; null for the built-in decoders.</param>
    /// <param name="verify">
    /// Reads all of an archive, and compares its digest. Else, of an archive that is an uncompressed file, only the headers are read, with manifest
    /// and trailer; everything else (a pipe, a download, what is compressed) is read whole in either case.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// A report. An archive that is damaged gives one too, with <see cref="ArchiveReport.IsComplete"/> false and the reason in <see cref="ArchiveReport.Problem"/>.
    /// </returns>
    /// <exception cref="CorruptFormatException">An image whose partition table is damaged, or a file that is empty.</exception>
    /// <exception cref="UnsupportedFormatException">Neither an archive nor a disk image, or an image that is compressed or cannot be looked into.</exception>
    public static async Task<InspectReport> InspectAsync(ArchiveInput input, Decoders? decoders = null, bool verify = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        await using (input.ConfigureAwait(false))
        {
            var stream = new CountingStream(input.Stream, new UnpackCounters());
            var head = await stream.PeekAsync(HeadLength, cancellationToken).ConfigureAwait(false);
            if (head.IsEmpty) throw new CorruptFormatException(input.Name, -1, "it is empty");
            var format = CompressionDetector.Detect(head.Span);
            if (format == CompressionFormat.None)
            {
                if (!IsTar(head.Span)) return InspectImage(input, cancellationToken);
                return new InspectReport
                {
                    Name = input.Name,
                    Archive = !verify && CanSkim(input)
                        ? await ArchiveInspector.SkimAsync(input.Stream, cancellationToken).ConfigureAwait(false)
                        : await ArchiveInspector.ReadAsync(stream, null, cancellationToken).ConfigureAwait(false),
                };
            }

            try
            {
                return await InspectCompressedAsync(input, stream, format, decoders ?? Decoders.Default, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is CorruptFormatException or UnsupportedFormatException)
            {
                throw ErrorContext.Name(e, input.Name);
            }
        }
    }

    private static async Task<InspectReport> InspectCompressedAsync(ArchiveInput input, CountingStream stream, CompressionFormat format, Decoders decoders, CancellationToken cancellationToken)
    {
        await using var decoded = decoders.Open(format, stream, leaveOpen: true);
        var content = new CountingStream(decoded, new UnpackCounters());
        var head = await content.PeekAsync(HeadLength, cancellationToken).ConfigureAwait(false);
        var name = ArchiveReadStage.NameOf(format);
        if (!IsTar(head.Span)) throw new UnsupportedFormatException("compressed image", $"{input.Name}: no archive is in its {name} data; to look into a compressed disk image, decompress it first");
        return new InspectReport { Name = input.Name, Archive = await ArchiveInspector.ReadAsync(content, name, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>Whether it is a file with a length, which a pipe and a device are not; then it is taken back to its beginning.</summary>
    private static bool CanSkim(ArchiveInput input)
    {
        if (input.Path is null || !input.Stream.CanSeek || input.Stream.Length == 0) return false;
        input.Stream.Position = 0;
        return true;
    }

    private static InspectReport InspectImage(ArchiveInput input, CancellationToken cancellationToken)
    {
        if (input.Path is null) throw new UnsupportedFormatException("image from a pipe", $"{input.Name}: a disk image can only be looked into as a file");
        using var disk = FileDisk.OpenRead(input.Path);
        var image = ImageInspector.Inspect(disk, cancellationToken);
        if (image is { PartitionTable: "none", FileSystem: null })
        {
            throw new UnsupportedFormatException("unknown file", $"{input.Name}: it is neither an archive nor a disk image: no tar header, no partition table, no known file system");
        }

        return new InspectReport { Name = input.Name, Image = image };
    }

    /// <summary>True when the first block is a tar header with a right checksum, or the end of an empty archive.</summary>
    private static bool IsTar(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeadLength) return false;
        Span<byte> field = stackalloc byte[8];
        head.Slice(148, 8).CopyTo(field);
        long sum = 8 * ' ';
        for (var i = 0; i < HeadLength; i++) sum += i is >= 148 and < 156 ? 0 : head[i];
        return TryOctal(field, out var stored) && stored == sum;
    }

    private static bool TryOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        var digits = 0;
        foreach (var b in field)
        {
            if (b is >= (byte)'0' and <= (byte)'7') value = (value * 8) + (b - '0');
            else if (b is (byte)' ' or 0 && digits == 0) continue;
            else break;
            digits++;
        }

        return digits > 0;
    }
}
