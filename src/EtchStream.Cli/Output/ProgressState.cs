namespace EtchStream.Cli.Output;

/// <summary>How far a run is, whatever it does.</summary>
/// <param name="Phase">What it is busy with, one word.</param>
/// <param name="Bytes">Bytes done in this phase.</param>
/// <param name="TotalBytes">Bytes of the whole phase, where that is known.</param>
/// <param name="Entries">Members of the archive so far.</param>
/// <param name="Path">The member at hand.</param>
internal readonly record struct ProgressState(string Phase, long Bytes, long? TotalBytes, long Entries, string? Path);
