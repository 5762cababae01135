using System.Security.Cryptography;
using System.Threading.Channels;
using EtchStream.Archive;
using EtchStream.Formats.IO;
using EtchStream.Formats.Tar;

namespace EtchStream.Pack.Stages;

/// <summary>
/// Computes the SHA-256 of the raw image from the very bytes that go into the archive, holes as the zeros they stand for, and
/// hands everything on as it came.
/// </summary>
/// <param name="imageName">Name of the image's member; null to compute nothing, for an image that is not raw.</param>
internal sealed class ImageDigestStage(byte[]? imageName)
{
    private static readonly byte[] Zeros = new byte[1 << 20];

    private IncrementalHash? _hash;
    private TarEntry? _image;
    private long _position;
    private int _run;
    private long _inRun;

    /// <summary>The digest; set once the image has gone by.</summary>
    public TrailerDigest? Digest { get; private set; }

    /// <summary>Runs.</summary>
    public async Task RunAsync(ChannelReader<PackItem> input, ChannelWriter<PackItem> output, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in input.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    if (item.Entry is not null) Begin(item.Entry, cancellationToken);
                    else if (item.IsSegment || item.Totals is not null) Complete(cancellationToken);
                    else if (_image is not null) Append(item.Data!.Data.Span, cancellationToken);
                    await output.WriteAsync(item, cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    item.Data?.Dispose();
                    throw;
                }
            }

            Complete(cancellationToken);
        }
        finally
        {
            while (input.TryRead(out var left)) left.Data?.Dispose();
            _hash?.Dispose();
        }
    }

    private void Begin(TarEntry entry, CancellationToken cancellationToken)
    {
        Complete(cancellationToken);
        if (Digest is not null || imageName is null || !entry.Name.AsSpan().SequenceEqual(imageName)) return;
        _image = entry;
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    private void Append(ReadOnlySpan<byte> data, CancellationToken cancellationToken)
    {
        while (data.Length > 0)
        {
            var run = _image!.DataRuns is { } runs ? runs[_run] : new DataRun(0, _image.Size);
            AppendZeros(run.Offset + _inRun - _position, cancellationToken);
            var count = (int)Math.Min(data.Length, run.Length - _inRun);
            _hash!.AppendData(data[..count]);
            _position += count;
            _inRun += count;
            data = data[count..];
            if (_inRun < run.Length) continue;
            _run++;
            _inRun = 0;
        }
    }

    private void AppendZeros(long count, CancellationToken cancellationToken)
    {
        _position += count;
        for (; count > 0; count -= Zeros.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _hash!.AppendData(Zeros, 0, (int)Math.Min(count, Zeros.Length));
        }
    }

    private void Complete(CancellationToken cancellationToken)
    {
        if (_image is null) return;
        AppendZeros(_image.Size - _position, cancellationToken);
        Digest = TrailerDigest.Create(_hash!.GetHashAndReset(), _position);
        _image = null;
    }
}
