namespace EtchStream.Formats.Checking;

/// <summary>Something that is not as it should be in a file system or partition table.</summary>
/// <param name="IsError">Whether it is damage; else it is something worth knowing that a system can live with.</param>
/// <param name="Message">One line: which structure, what is wrong with it.</param>
public sealed record StructureFinding(bool IsError, string Message);
