namespace EtchStream.Archive;

/// <summary>A member's name, taken apart by <see cref="ArchiveNames.Parse"/>.</summary>
/// <param name="Kind">What the member is.</param>
/// <param name="Partition">For <see cref="ArchiveNameKind.Inject"/>: the partition's number or label as the archive spells it; empty otherwise.</param>
/// <param name="Path">
/// Bytes. For <see cref="ArchiveNameKind.Inject"/>: the path inside the partition, without leading or closing <c>/</c>, empty for the partition's root.
/// Otherwise: the whole name, cleaned the same way.
/// </param>
public readonly record struct ArchiveName(ArchiveNameKind Kind, string Partition, byte[] Path);
