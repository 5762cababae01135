using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;
using EtchStream.Formats.Unix;
using EtchStream.Sources;
using EtchStream.Pack.Stages;

namespace EtchStream.Pack.Images;

/// <summary>Gives the member of the disk image. Two passes over the file: a sparse member's map stands before its content.</summary>
/// <remarks>The member has no owner and no time of its own: the same image, downloaded again, gives the same archive.</remarks>
internal sealed class ImageSource(ImageFile image)
{
    private const int Mode = 0x1A4;

    /// <summary>Bytes of the image that are in the archive.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Gives the member.</summary>
    public async Task EmitAsync(byte[] name, EntrySink sink, CancellationToken cancellationToken)
    {
        IReadOnlyList<DataRun>? runs = null;
        if (image.IsRaw)
        {
            sink.Enter(PackPhase.Scan, image.Length);
            runs = ImageScanner.Scan(image, sink, cancellationToken);
        }

        var entry = new TarEntry { Name = name, Kind = FileKind.File, Mode = Mode, Size = image.Length, DataRuns = runs };
        DataBytes = entry.ContentLength;
        sink.Enter(PackPhase.Image, DataBytes);
        await sink.BeginAsync(entry, cancellationToken).ConfigureAwait(false);
        await ContentReader.EmitAsync(image.Handle, image.Length, runs, image.Path, sink, cancellationToken).ConfigureAwait(false);

        image.EnsureUnchanged();
    }
}
