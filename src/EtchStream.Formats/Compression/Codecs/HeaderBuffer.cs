namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Collects a header that may arrive in pieces. Its size is bounded by what the formats can say (three 16-bit lengths).</summary>
internal sealed class HeaderBuffer
{
    private byte[] _bytes = new byte[64];
    private int _count;

    /// <summary>What was collected.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    /// <summary>Starts anew.</summary>
    public void Clear() => _count = 0;

    /// <summary>Takes bytes off <paramref name="input"/> until there are <paramref name="size"/>.</summary>
    /// <returns>Whether there are.</returns>
    public bool Fill(ref ReadOnlySpan<byte> input, int size)
    {
        if (size > _bytes.Length) Array.Resize(ref _bytes, Math.Max(size, _bytes.Length * 2));
        var take = Math.Clamp(size - _count, 0, input.Length);
        input[..take].CopyTo(_bytes.AsSpan(_count));
        input = input[take..];
        _count += take;
        return _count >= size;
    }
}
