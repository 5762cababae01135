namespace EtchStream.Unpack.Outputs;

/// <summary>What became of one output.</summary>
/// <param name="Path">As the user gave it.</param>
/// <param name="Failure">Why it is not complete; null when it is.</param>
public sealed record OutputResult(string Path, Exception? Failure);
