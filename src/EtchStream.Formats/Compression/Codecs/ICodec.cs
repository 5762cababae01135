namespace EtchStream.Formats.Compression.Codecs;

/// <summary>A push decoder: it is given input and room for output, and does no I/O of its own.</summary>
internal interface ICodec : IDisposable
{
    /// <summary>Whether zero bytes may follow the last member (gzip on tapes and in padded files).</summary>
    bool AllowsZeroPadding { get; }

    /// <summary>Whether another member may follow the first.</summary>
    bool AllowsMembers { get; }

    /// <summary>Decodes some bytes.</summary>
    /// <param name="input">What is at hand, maybe nothing when <paramref name="endOfInput"/> is set or output is pending.</param>
    /// <param name="output">Room, at least a byte.</param>
    /// <param name="endOfInput">Whether nothing follows <paramref name="input"/>.</param>
    CodecResult Decode(ReadOnlySpan<byte> input, Span<byte> output, bool endOfInput);

    /// <summary>Makes ready for another member, after <see cref="CodecStatus.MemberEnd"/>.</summary>
    void Reset();
}
