namespace EtchStream.Formats.Fat.Writing;

/// <summary>Clusters that follow each other, on disk as in their chain.</summary>
/// <param name="First">The first one.</param>
/// <param name="Count">How many, at least 1.</param>
internal readonly record struct ClusterRun(uint First, uint Count);
