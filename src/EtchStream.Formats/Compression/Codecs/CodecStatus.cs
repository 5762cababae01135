namespace EtchStream.Formats.Compression.Codecs;

/// <summary>Where a decoder stands after a step.</summary>
internal enum CodecStatus
{
    /// <summary>Within a member: it wants more input, or more room for output.</summary>
    Within,

    /// <summary>At the end of a member (a frame, a stream): the input may end here, or another member start.</summary>
    MemberEnd,

    /// <summary>The input breaks the format.</summary>
    Corrupt,
}
