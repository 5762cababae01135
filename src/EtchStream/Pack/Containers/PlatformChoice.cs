using EtchStream.Balena;
using EtchStream.Oci;
using EtchStream.Oci.Content;

namespace EtchStream.Pack.Containers;

/// <summary>What images have to run on: as the user says it, or else as the board does that the disk image is for.</summary>
internal sealed class PlatformChoice
{
    private readonly IReadOnlyList<Platform> _platforms;
    private readonly bool _isRequired;
    private readonly string? _board;

    private PlatformChoice(IReadOnlyList<Platform> platforms, bool isRequired, string? board)
    {
        _platforms = platforms;
        _isRequired = isRequired;
        _board = board;
    }

    /// <summary>Decides.</summary>
    /// <param name="wanted">What the user says; null for nothing.</param>
    /// <param name="device">The disk image's board; null where it is not known.</param>
    /// <param name="isChecked">Whether images for another board are refused.</param>
    /// <param name="image">The disk image, for messages.</param>
    /// <exception cref="UnsupportedImageException">The user's platform does not run on the board.</exception>
    public static PlatformChoice Of(Platform? wanted, DeviceType? device, bool isChecked, string image)
    {
        IReadOnlyList<Platform> boards = device is null ? [] : [.. device.Platforms.Select(Platform.Parse)];
        if (wanted is null) return new PlatformChoice(boards, isChecked, device is null ? null : $"{device.Slug} ({device.Architecture}), the board that {image} is for by its {DeviceType.Path}");
        if (isChecked && boards.Count > 0 && boards.All(p => p.Suitability(wanted) == 0))
        {
            throw new UnsupportedImageException(
                "platform",
                $"--platform {wanted} does not run on {device!.Slug} ({device.Architecture}), the board that {image} is for by its {DeviceType.Path}; leave --platform out, or say --no-arch-check");
        }

        return new PlatformChoice([wanted], isRequired: true, board: null);
    }

    /// <summary>Resolves an image for the best of the platforms that it is there for.</summary>
    /// <exception cref="UnsupportedImageException">It is there for none of them.</exception>
    public async Task<ResolvedImage> ResolveAsync(IImageSource source, CancellationToken cancellationToken)
    {
        UnsupportedImageException? first = null;
        foreach (var platform in _platforms)
        {
            try
            {
                return await source.ResolveAsync(platform, cancellationToken).ConfigureAwait(false);
            }
            catch (UnsupportedImageException e) when (e.Feature == UnsupportedImageException.MissingPlatform)
            {
                first ??= e;
            }
        }

        if (first is null || !_isRequired) return await source.ResolveAsync(platform: null, cancellationToken).ConfigureAwait(false);
        if (_board is null) throw first;
        throw new UnsupportedImageException(
            UnsupportedImageException.MissingPlatform, $"{source.Location} does not run on {_board}: it is there for {first.Offered}; take another image, or say --no-arch-check") { Offered = first.Offered };
    }
}
