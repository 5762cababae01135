using EtchStream.Formats;
using EtchStream.Formats.Unix;

namespace EtchStream.Pack.Layers;

/// <summary>
/// Paths as a layer's tar spells them, cleaned the way engines do: empty and <c>.</c> parts go, <c>..</c> takes the part before it
/// away, an absolute path counts from the layer's root. Only the text is looked at; symbolic links are <see cref="LayerTree"/>'s matter.
/// </summary>
internal static class LayerPath
{
    /// <summary>The longest part that a Linux file system takes.</summary>
    public const int MaxPartLength = 255;

    /// <summary>The longest path that Linux takes, with the zero byte at its end (PATH_MAX).</summary>
    public const int MaxLength = 4096;

    /// <summary>Cleans a path.</summary>
    /// <returns>The path below the layer's root, without a slash at either end; empty for the root itself.</returns>
    /// <exception cref="UnsafePathException">A relative path that climbs out of the root.</exception>
    public static byte[] Clean(byte[] path)
    {
        if (IsClean(path)) return path;
        var isAbsolute = path.Length > 0 && path[0] == '/';
        var result = new byte[path.Length];
        var length = 0;
        foreach (var range in path.AsSpan().Split((byte)'/'))
        {
            var part = path.AsSpan()[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            if (part.SequenceEqual(".."u8))
            {
                // The root's parent is the root; a relative path that goes there is on its way out of the layer.
                if (length == 0 && !isAbsolute) throw new UnsafePathException(PathText.Of(path), "the path climbs out of its layer with '..'");
                length = Math.Max(result.AsSpan(0, length).LastIndexOf((byte)'/'), 0);
                continue;
            }

            if (length > 0) result[length++] = (byte)'/';
            part.CopyTo(result.AsSpan(length));
            length += part.Length;
        }

        return result[..length];
    }

    /// <summary>Whether a path goes up from the root, where it can only stay: an engine that looks from outside of the layer leaves it there.</summary>
    public static bool Climbs(ReadOnlySpan<byte> path)
    {
        var depth = 0;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            depth += part.SequenceEqual(".."u8) ? -1 : 1;
            if (depth < 0) return true;
        }

        return false;
    }

    private static bool IsClean(ReadOnlySpan<byte> path) =>
        path.Length > 0 && path[0] is not ((byte)'/' or (byte)'.') && path[^1] != '/' && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;
}
