namespace EtchStream.Formats.Compression.Codecs;

/// <summary>What one step of a decoder did.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Consumed">Bytes taken off the input; below zero, by up to <see cref="MaxGivenBack"/>, when a decoder gives back what it took before.</param>
/// <param name="Written">Bytes put into the output.</param>
/// <param name="Problem">What is wrong, if it is <see cref="CodecStatus.Corrupt"/>.</param>
internal readonly record struct CodecResult(CodecStatus Status, int Consumed, int Written, string? Problem = null)
{
    /// <summary>How many bytes of earlier input a decoder may give back, and the stream keeps for it.</summary>
    public const int MaxGivenBack = 8;

    public static CodecResult Corrupt(string problem, int consumed = 0, int written = 0) => new(CodecStatus.Corrupt, consumed, written, problem);
}
