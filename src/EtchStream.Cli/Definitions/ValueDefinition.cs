namespace EtchStream.Cli.Definitions;

/// <summary>Something that a verb takes without an option's name.</summary>
/// <param name="Name">What it stands for: <c>INPUT</c>.</param>
/// <param name="Help">What it is.</param>
/// <param name="IsMany">Whether it can be several.</param>
internal sealed record ValueDefinition(string Name, string Help, bool IsMany);
